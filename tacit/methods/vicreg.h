// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/losses/vicreg.h"
#include "tacit/methods/method.h"
#include "tacit/nn/projector.h"
#include "tacit/transforms/views.h"

namespace tacit {

struct VicregConfig {
  TwoViewsConfig views{};
  std::vector<int64_t> expander{512, 512, 512};  ///< widths; h, section 4
  VicregWeights weights{};
};
template <class Visitor>
void describe(Visitor& visit, VicregConfig& config) {
  describe(visit, config.views);
  visit("expander", config.expander,
        "widths of the dense layers between features and loss; empty: none", at_least(1));
  visit("weights", config.weights, "weight in the sum");
}

/// VICReg: Bardes, Ponce & LeCun 2022, "VICReg: Variance-Invariance-Covariance Regularization for
/// Self-Supervised Learning", arXiv:2105.04906, algorithm 1. The two views of a window must expand
/// to the same vector, while every number of that vector keeps a deviation of 1 over the batch and
/// no two of them vary together. Nothing is contrasted, so small batches do.
///
/// Differs from the paper: an expander of 512 instead of 8192 in each layer, for features of a few
/// hundred numbers; its batch normalisation is over both views and all processes.
class Vicreg final : public Method {
 public:
  static constexpr const char* kName = "vicreg";
  static constexpr const char* kTitle = "VICReg, agreement of two views without collapse";
  static constexpr const char* kPaper = "Bardes, Ponce & LeCun 2022, arXiv:2105.04906";
  using Config = VicregConfig;

  /// Throws ConfigError for an unknown transformation, ShapeError for rows that one cannot take.
  Vicreg(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  VicregWeights weights_;
  TwoViews views_;
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<Projector> expander_;
};

}  // namespace tacit
