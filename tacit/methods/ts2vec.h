// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "tacit/losses/hierarchical_contrast.h"
#include "tacit/methods/method.h"
#include "tacit/nn/step_encoder.h"

namespace tacit {

struct Ts2vecConfig {
  double mask = 0.5;  ///< share of time steps that are hidden while training
  HierarchicalContrastConfig contrast{};
};
template <class Visitor>
void describe(Visitor& visit, Ts2vecConfig& config) {
  visit("mask", config.mask, "chance of each time step to be hidden while training",
        between(0, 0.95));
  describe(visit, config.contrast);
}

/// TS2Vec: Yue et al. 2022, "TS2Vec: Towards Universal Representation of Time Series",
/// arXiv:2106.10466, algorithm 1 and section "Contextual Consistency".
///
/// Two crops of a window overlap; in each, some steps are hidden. From the features of a step in
/// one crop, the same step in the other crop must be found, among the other steps of the window and
/// among the same step of other windows, at every scale of time. Nothing else is done to the
/// signal. Needs an encoder with features of every step.
///
/// Differs from the paper: optimiser, number of steps and averaging of weights are the recipe's.
class Ts2vec final : public Method {
 public:
  static constexpr const char* kName = "ts2vec";
  static constexpr const char* kTitle = "TS2Vec, hierarchical contrast of time steps";
  static constexpr const char* kPaper = "Yue et al. 2022, arXiv:2106.10466";
  using Config = Ts2vecConfig;

  /// Throws ConfigError when the encoder has no features of steps, and when a row is shorter than
  /// two blocks of temporal_unit.
  Ts2vec(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  Tensor encode(const Tensor& crop, Rng& rng) const;

  Config config_;
  std::shared_ptr<StepEncoder> encoder_;
};

}  // namespace tacit
