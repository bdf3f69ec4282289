// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/core/rng.h"
#include "tacit/evaluate/label_equivalence.h"

/// How many labels supervised training needs for what pre-training on some unlabelled data reaches.
namespace tacit {

/// What an amount is of, and how people read it.
struct AmountUnit {
  std::string many = "labels a class", one = "label a class";
  /// Of what was recorded, in one; above 0 amounts are told as time: "10 minutes of labels".
  double seconds = 0;

  /// "10 labels a class", "47 minutes of labels".
  std::string print(double amount) const;
};

/// "45 seconds", "1.5 hours": two digits, in the greatest unit that it fills; hours up to two days.
std::string print_duration(double seconds);

/// A score of one seed with a number of labels.
struct LabelScore {
  double labels = 0;  ///< > 0; any unit, the same throughout
  double score = 0;   ///< larger is better
  int64_t seed = 0;   ///< what was drawn anew; scores of a seed may share everything else
};

/// Of one seed of a pre-trained model.
struct PretrainedScore {
  double labels = 0;      ///< > 0, in the unit of LabelScore
  double unlabelled = 0;  ///< > 0: the amount that it was pre-trained on
  double score = 0;
  int64_t seed =
      0;  ///< one that scores of supervised training have too shares their draw of labels
};

/// Labels that supervised training needs: exactly, or the end of its curve that bounds them.
struct NeededLabels {
  double labels = 0;
  FactorBound bound = FactorBound::exact;
};

/// Whether pre-training saves labels.
enum class Gain {
  gain,  ///< supervised training needs more labels, all over the interval
  open,  ///< the interval includes as many, or there is none
  loss   ///< supervised training needs fewer, all over the interval
};
std::vector<std::string> names(Gain);

struct BreakEven {
  double labels = 0, unlabelled = 0;  ///< of the pre-trained model
  NeededLabels needed;                ///< at its mean score
  bool has_interval = false;          ///< every point has two seeds or more
  NeededLabels low, high;             ///< the 95 % interval, where there is one
  Gain gain = Gain::open;

  /// "With 10 minutes of labels, pre-training on 5 hours of video equals 47 minutes of labels (95 %
  /// interval: 31 minutes to 1.3 hours)." An answer beyond what was tried is called a bound, and an
  /// interval that includes no gain is said to.
  std::string sentence(const AmountUnit& labels, const AmountUnit& unlabelled) const;
};
void to_json(Json&, const BreakEven&);

/// One for each pair of labels and unlabelled amount of `pretrained`, by both. The number of labels
/// is that of label_equivalence(), from mean scores over seeds; its interval the percentiles of the
/// same from draws of all means together (SeedMeans). Several scores of a seed in one place count
/// as their mean. Throws DataError for no scores, amounts that are not positive, or scores that are
/// not finite, ConfigError for less than 100 resamples.
std::vector<BreakEven> break_even(const std::vector<LabelScore>& supervised,
                                  const std::vector<PretrainedScore>& pretrained, const Rng& rng,
                                  int64_t resamples = 2000);

}  // namespace tacit
