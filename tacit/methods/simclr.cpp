// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/simclr.h"

#include "tacit/losses/nt_xent.h"

namespace tacit {

Simclr::Simclr(const Config& config, const Ingredients& ingredients)
    : temperature_(config.temperature), views_(config.views, ingredients.spec) {
  encoder_ = register_module("encoder", ingredients.encoder);
  projector_ = register_module("projector",
                               std::make_shared<Projector>(encoder_->features(), config.projector,
                                                           ProjectorNormalization::none,
                                                           ingredients.rng.stream("projector")));
}

Loss Simclr::loss(const Batch& batch, Step& step) {
  const Tensor features = encoder_->forward(views_(batch.x, step.rng));       // [2N, D]
  const auto projected = projector_->forward(features, step.world).chunk(2);  // [N, P] twice
  return nt_xent(projected[0], projected[1], temperature_, step.world);
}

}  // namespace tacit
