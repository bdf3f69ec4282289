// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/methods/method.h"
#include "tacit/nn/projector.h"
#include "tacit/transforms/views.h"

namespace tacit {

struct SimclrConfig {
  TwoViewsConfig views{};
  std::vector<int64_t> projector{256, 128, 50};  ///< widths; g(h), section 2.1
  double temperature = 0.1;                      ///< tau
};
template <class Visitor>
void describe(Visitor& visit, SimclrConfig& config) {
  describe(visit, config.views);
  visit("projector", config.projector,
        "widths of the dense layers between features and loss; empty: none", at_least(1));
  visit("temperature", config.temperature, "by which similarities are divided",
        between(0.001, 100));
}

/// SimCLR: Chen, Kornblith, Norouzi & Hinton 2020, "A Simple Framework for Contrastive Learning of
/// Visual Representations", arXiv:2002.05709, algorithm 1. For motion: Tang et al. 2020, "Exploring
/// Contrastive Learning in Human Activity Recognition for Healthcare", arXiv:2011.11542, whose
/// projector and temperature are the defaults.
///
/// Each view of a window must be told by its projection to belong to the other view of that window,
/// among the views of all windows of the batch (of all processes).
class Simclr final : public Method {
 public:
  static constexpr const char* kName = "simclr";
  static constexpr const char* kTitle = "SimCLR, contrast of two views";
  static constexpr const char* kPaper = "Chen et al. 2020, arXiv:2002.05709";
  using Config = SimclrConfig;

  /// Throws ConfigError for an unknown transformation, ShapeError for rows that one cannot take.
  Simclr(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  double temperature_;
  TwoViews views_;
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<Projector> projector_;
};

}  // namespace tacit
