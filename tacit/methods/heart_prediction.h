// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"
#include "tacit/transforms/mask.h"
#include "tacit/transforms/signal.h"

namespace tacit {

struct HeartPredictionConfig {
  int64_t hidden = 256;  ///< width of the head's hidden layer; 0: a linear head
  double most = 4;       ///< deviations beyond which a target counts as that many
  double negate = 0.5;   ///< share of windows that are turned upside down; features stay the same
  ScaleConfig scale{.sigma = 0.1};
  JitterConfig jitter{.sigma = 0.1};
  MaskConfig mask{.share = 0.1};
};
template <class Visitor>
void describe(Visitor& visit, HeartPredictionConfig& config) {
  visit("hidden", config.hidden, "width of the head's hidden layer; 0: a linear head", at_least(0));
  visit("most", config.most, "deviations beyond which a target counts as that many", above(0));
  visit("negate", config.negate,
        "disturbance: share of windows turned upside down, which changes no target", between(0, 1));
  visit("scale", config.scale, "disturbance: a factor a channel");
  visit("jitter", config.jitter, "disturbance: noise");
  visit("mask", config.mask, "disturbance: a hidden stretch");
}

/// Predicts what is known to tell hearts apart, heart_features() of a clean window (rhythm, shape
/// of beats, level, spectrum), from a disturbed copy of it: known features as targets and distorted
/// inputs, after PASE (Pascual et al. 2019, "Learning Problem-agnostic Speech Representations from
/// Multiple Self-supervised Tasks", arXiv:1904.03416), which does it for speech.
///
/// Differs from the paper: electrocardiograms instead of speech, one worker. Targets are
/// standardised over the batch and cut off at `most` deviations, because some have long tails; the
/// loss is their mean squared error, about 1 for a constant guess.
class HeartPrediction final : public Method {
 public:
  static constexpr const char* kName = "heart_prediction";
  static constexpr const char* kTitle = "Prediction of heart beat features";
  static constexpr const char* kPaper = "after Pascual et al. 2019, arXiv:1904.03416 (PASE)";
  using Config = HeartPredictionConfig;

  /// Throws as heart_features() does for windows like these.
  HeartPrediction(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  double most_, rate_hz_;
  Transform disturb_;
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<MlpHead> head_;
};

}  // namespace tacit
