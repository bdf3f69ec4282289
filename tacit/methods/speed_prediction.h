// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"
#include "tacit/transforms/clip.h"

namespace tacit {

struct SpeedPredictionConfig {
  int64_t hidden = 0;  ///< width of the head's hidden layer; 0: a linear head
  std::vector<std::string> augment{"resized_crop"};
  ClipTransformationsConfig clip{};  ///< their parameters
};
template <class Visitor>
void describe(Visitor& visit, SpeedPredictionConfig& config) {
  visit("hidden", config.hidden, "width of the head's hidden layer; 0: a linear head", at_least(0));
  visit("augment", config.augment,
        "transformations of clips while training, in this order: resized_crop, random_crop, flip, "
        "alike for all frames, colour_jitter, grey, for each frame; leave flip out where left and "
        "right mean something; empty: none");
  visit("clip", config.clip, "parameters of the transformations");
}

/// Prediction of speed: Benaim et al. 2020, "SpeedNet: Learning the Speediness in Videos",
/// arXiv:2004.06130, section 3.
///
/// Each clip of T frames is shown twice, at its own speed, T / 2 consecutive frames from a random
/// one on, and at twice that, every second frame. From the features of each a head must tell which:
/// the cross-entropy of the two, the mean over both versions of the clips of all processes. Both
/// versions are cut from one transformed clip, so that nothing but speed tells them apart. Moments
/// are drawn in eval mode too.
///
/// Differs from the paper: a linear head on the encoder's mean over pixels, where the authors take
/// the maximum; crops of a changing size stand for frames of a changing size.
class SpeedPrediction final : public Method {
 public:
  static constexpr const char* kName = "speed_prediction";
  static constexpr const char* kTitle = "Prediction of the speed of clips";
  static constexpr const char* kPaper = "Benaim et al. 2020, arXiv:2004.06130";
  using Config = SpeedPredictionConfig;

  /// Throws ShapeError for rows that are not clips of 4 frames or more, or that a transformation
  /// cannot take, ConfigError for an unknown one.
  SpeedPrediction(const Config& config, const Ingredients& ingredients);
  /// Parts: "speed/accuracy", where 1/2 is chance.
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  Transform augment_;
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<MlpHead> head_;
};

}  // namespace tacit
