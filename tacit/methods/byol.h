// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/methods/method.h"
#include "tacit/nn/projector.h"
#include "tacit/transforms/views.h"

namespace tacit {

struct ByolConfig {
  TwoViewsConfig views{};
  std::vector<int64_t> projector{512, 256};  ///< widths; g, section 3.3
  std::vector<int64_t> predictor{512};       ///< hidden widths; q
  double momentum = 0.996;                   ///< tau at the start, by which the target stays
};
template <class Visitor>
void describe(Visitor& visit, ByolConfig& config) {
  describe(visit, config.views);
  visit("projector", config.projector,
        "widths of the dense layers behind the features; empty: none", at_least(1));
  visit("predictor", config.predictor,
        "hidden widths of the dense layers that predict the target's projection; empty: one linear "
        "layer",
        at_least(1));
  visit("momentum", config.momentum,
        "share of the target's weights that stays at an update, at the start of training; it rises "
        "to 1; shorter trainings want less",
        between(0, 1));
}

/// The target's weights: a moving average of the encoder's and the projector's.
class ByolTarget;

/// BYOL: Grill et al. 2020, "Bootstrap Your Own Latent: A New Approach to Self-Supervised
/// Learning", arXiv:2006.07733, algorithm 1. From one view of a row the encoder, a projector and a
/// predictor must foretell what the target makes of the other view. The target is an encoder and a
/// projector whose weights follow the trained ones slowly and get no gradient. Nothing is
/// contrasted.
///
/// In training the target normalises by its batch and gathers statistics of its own, as in the
/// authors' code; in eval mode it uses those.
///
/// Differs from the paper: layers of 512 instead of 4096, for features of a few hundred numbers;
/// batch normalisation is over both views together; the target starts as a copy of the trained
/// network, where the authors' code draws other weights.
class Byol final : public Method {
 public:
  static constexpr const char* kName = "byol";
  static constexpr const char* kTitle = "BYOL, prediction of a slow copy's view";
  static constexpr const char* kPaper = "Grill et al. 2020, arXiv:2006.07733";
  using Config = ByolConfig;

  /// Throws ConfigError for an unknown transformation, ShapeError for rows that one cannot take.
  Byol(const Config& config, const Ingredients& ingredients);
  /// The mean over the rows of all processes, in 0 … 8; 4 where views are at right angles. Part:
  /// "target/spread", 1 less the squared length of the mean of the target's unit vectors: 0 after a
  /// collapse to one vector, which the loss itself would not show.
  Loss loss(const Batch& batch, Step& step) override;
  /// Moves the target.
  void after_update(const Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  Tensor target_of(const Tensor& views, const Communicator& world);

  double momentum_;
  TwoViews views_;
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<Projector> projector_, predictor_;
  std::shared_ptr<ByolTarget> target_;
};

}  // namespace tacit
