// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"
#include "tacit/transforms/mask.h"
#include "tacit/transforms/signal.h"

namespace tacit {

struct SpectrumPredictionConfig {
  int64_t bands = 16;    ///< equal frequency bands between 0 and max_hz
  double max_hz = 12;    ///< highest frequency that is predicted
  int64_t hidden = 256;  ///< width of the head
  RotationConfig rotation{.max_angle = 30};
  ScaleConfig scale{.sigma = 0.1};
  JitterConfig jitter{.sigma = 0.1};
  MaskConfig mask{.share = 0.3};
};
template <class Visitor>
void describe(Visitor& visit, SpectrumPredictionConfig& config) {
  visit("bands", config.bands, "equal frequency bands between 0 and max_hz", at_least(1));
  visit("max_hz", config.max_hz, "highest frequency that is predicted", above(0));
  visit("hidden", config.hidden, "width of the head's hidden layer", at_least(0));
  visit("rotation", config.rotation,
        "disturbance: turned sensor; max_angle = 0 for signals that are no triads x, y, z");
  visit("scale", config.scale, "disturbance: a factor a channel");
  visit("jitter", config.jitter, "disturbance: noise");
  visit("mask", config.mask, "disturbance: a hidden stretch");
}

/// Predicts the log band spectrum, mean and deviation of a clean window from a disturbed copy of
/// it: known features as targets and distorted inputs, after PASE (Pascual et al. 2019, "Learning
/// Problem-agnostic Speech Representations from Multiple Self-supervised Tasks", arXiv:1904.03416)
/// and PASE+ (Ravanelli et al. 2020, arXiv:2001.09239), which do it for speech.
///
/// Differs from the papers: motion instead of speech, one worker that predicts a summary of the
/// whole window, disturbances that suit a worn sensor. Targets are standardised over the batch, so
/// that each weighs the same; the loss is their mean squared error, 1 for a constant guess.
class SpectrumPrediction final : public Method {
 public:
  static constexpr const char* kName = "spectrum_prediction";
  static constexpr const char* kTitle = "Band spectrum prediction from a disturbed window";
  static constexpr const char* kPaper = "after Pascual et al. 2019, arXiv:1904.03416 (PASE)";
  using Config = SpectrumPredictionConfig;

  /// Throws ConfigError when windows are too short for the bands, ShapeError when channels are no
  /// triads, unless rotation.max_angle is 0.
  SpectrumPrediction(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  Config config_;
  double rate_hz_;
  Transform disturb_;
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<MlpHead> head_;
};

}  // namespace tacit
