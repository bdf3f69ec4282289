// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/examples.h"
#include "tacit/evaluate/features.h"
#include "tacit/evaluate/linear_probe.h"

namespace tacit {

/// Fitting a model to one new person.
struct PersonalizeConfig {
  double share = 0.5;  ///< of the loss, on the person's windows; the rest on everyone else's
  double c = 0.1;      ///< inverse L2 strength of the head, scikit-learn's C
};
template <class Visitor>
void describe(Visitor& visit, PersonalizeConfig& config) {
  visit("share", config.share, "weight of the person's own windows in the head's loss",
        between(0.01, 0.99));
  visit("c", config.c, "inverse L2 strength of the head", above(0));
}

/// A person's windows in two parts that share no sample.
struct PersonRows {
  std::vector<int64_t> adapt;  ///< where labels are drawn
  std::vector<int64_t> score;  ///< what is scored
};

/// The earlier half of the windows of each class adapts and the later half scores, in the order of
/// recordings and time; a window that overlaps one of the first half is in neither. `rows`:
/// labelled windows of one person.
PersonRows split_person(const Examples& windows, std::span<const int64_t> rows);

/// A head for one person: a linear probe on everyone's labelled features and the person's, which
/// weigh config.share together. So classes of which the person has no window keep what others
/// taught. Throws as fit_linear_probe does.
LinearClassifier personalize(const Features& everyone, const Features& person, int64_t classes,
                             const PersonalizeConfig& config);

}  // namespace tacit
