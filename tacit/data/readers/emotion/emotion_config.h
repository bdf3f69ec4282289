// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"

namespace tacit {

/// What a set of emotions is labelled with.
enum class EmotionTarget {
  stress,  ///< what people were put through: conditions of the experiment
  arousal,
  valence,
  dominance
};
inline std::vector<std::string> names(EmotionTarget) {
  return {"stress", "arousal", "valence", "dominance"};
}

enum class EmotionLevels {
  binary,  ///< low and high, or no_stress and stress
  all,     ///< a class for each condition, or for each whole number of the scale
  exact    ///< ratings as they are, for data.target = "number"
};
inline std::vector<std::string> names(EmotionLevels) { return {"binary", "all", "exact"}; }

/// The table [data.emotion] of a recipe.
struct EmotionConfig {
  EmotionTarget target = EmotionTarget::arousal;
  EmotionLevels levels = EmotionLevels::binary;
  double threshold = 0;  ///< of ratings
};
template <class Visitor>
void describe(Visitor& visit, EmotionConfig& config) {
  visit("target", config.target,
        "the label: what people were put through (wesad, swell), or how they rated themselves "
        "(amigos, dreamer, swell; case: arousal and valence)");
  visit("levels", config.levels,
        "two classes, one for each condition or whole number of the scale, or ratings as they are, "
        "for data.target = \"number\"");
  visit("threshold", config.threshold,
        "of ratings with levels = \"binary\": what is above it is high; 0 is the middle of the "
        "set's scale",
        at_least(0));
}

}  // namespace tacit
