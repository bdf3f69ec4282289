// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/spec.h"
#include "tacit/transforms/clip.h"
#include "tacit/transforms/image.h"
#include "tacit/transforms/signal.h"

namespace tacit {

struct TwoViewsConfig {
  std::vector<std::string> first{};             ///< transformations of the first view; empty: none
  std::vector<std::string> second{"rotation"};  ///< of the second view
  double probability = 1;                       ///< of each transformation, decided a row
  SignalTransformationsConfig transformations{};  ///< their parameters
  ImageTransformationsConfig image{};             ///< of images
  ClipTransformationsConfig clip{};               ///< of clips
};
template <class Visitor>
void describe(Visitor& visit, TwoViewsConfig& config) {
  visit("first", config.first,
        "what makes the first view, applied in this order: jitter, scale, rotation, negation, "
        "time_flip, permutation, time_warp, channel_shuffle; of images resized_crop, random_crop, "
        "flip, colour_jitter, grey, colour_drop, blur, solarise, of clips the first five; empty: "
        "the row as it is");
  visit("second", config.second, "what makes the second view, of the same");
  visit("probability", config.probability, "of each transformation, decided a row",
        between(0.01, 1));
  describe(visit, config.transformations);
  visit("image", config.image, "parameters of the transformations of images");
  visit("clip", config.clip, "parameters of the transformations of clips");
}

/// Two ways to look at one signal, image or clip, for methods that compare views. The default, a
/// window as it is against a turned copy, is for signals, and among the pairs that Tang et al.
/// 2020, "Exploring Contrastive Learning in Human Activity Recognition for Healthcare",
/// arXiv:2011.11542, found best.
class TwoViews {
 public:
  /// Throws ConfigError for an unknown name or rows of another kind, ShapeError for rows that a
  /// transformation cannot take.
  TwoViews(const TwoViewsConfig& config, const Spec& spec);
  /// x: [N, *] -> [2 N, *]: the first views of all rows, then the second.
  Tensor operator()(const Tensor& x, Rng& rng) const;

 private:
  Transform first_, second_;
};

}  // namespace tacit
