// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/data/readers/emotion/emotion_config.h"

namespace tacit {

/// The ends of a scale that people rate themselves on.
struct RatingScale {
  double low, high;
};

/// Makes classes of ratings.
class Ratings {
 public:
  Ratings(RatingScale scale, const EmotionConfig& config);

  /// "low" or "high", the nearest whole number of the scale, or the rating itself, to a thousandth;
  /// "", and counted, for NaN and for what lies off the scale.
  std::string word(double rating);

  /// How many were none, in a sentence that calls them `what`: "recordings"; nothing where all
  /// were.
  std::vector<std::string> notes(const std::string& what) const;

 private:
  RatingScale scale_;
  EmotionConfig config_;
  int64_t missing_ = 0, off_scale_ = 0;
};

/// Throws ConfigError unless the set has the target; `set` is its name in data.source.
void require_target(const EmotionConfig& config, const std::string& set,
                    const std::vector<EmotionTarget>& available);

}  // namespace tacit
