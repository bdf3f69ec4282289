// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/losses/barlow_twins.h"
#include "tacit/methods/method.h"
#include "tacit/nn/projector.h"
#include "tacit/transforms/views.h"

namespace tacit {

struct BarlowTwinsConfig {
  TwoViewsConfig views{};
  std::vector<int64_t> projector{512, 512, 512};  ///< widths; section 2.2
  BarlowTwinsWeights weights{};
};
template <class Visitor>
void describe(Visitor& visit, BarlowTwinsConfig& config) {
  describe(visit, config.views);
  visit("projector", config.projector,
        "widths of the dense layers between features and loss; empty: none", at_least(1));
  visit("weights", config.weights, "weights of the loss");
}

/// Barlow Twins: Zbontar, Jing, Misra, LeCun & Deny 2021, "Barlow Twins: Self-Supervised Learning
/// via Redundancy Reduction", arXiv:2103.03230, algorithm 1. Over the batch, each number of one
/// view's projection must go with the same number of the other view's, and with no other number.
///
/// Differs from the paper: a projector of 512 instead of 8192 in each layer, for features of a few
/// hundred numbers; its batch normalisation is over both views together.
class BarlowTwins final : public Method {
 public:
  static constexpr const char* kName = "barlow_twins";
  static constexpr const char* kTitle = "Barlow Twins, agreement of two views without redundancy";
  static constexpr const char* kPaper = "Zbontar et al. 2021, arXiv:2103.03230";
  using Config = BarlowTwinsConfig;

  /// Throws ConfigError for an unknown transformation, ShapeError for rows that one cannot take.
  BarlowTwins(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  BarlowTwinsWeights weights_;
  TwoViews views_;
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<Projector> projector_;
};

}  // namespace tacit
