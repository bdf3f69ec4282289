// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/barlow_twins.h"

namespace tacit {

BarlowTwins::BarlowTwins(const Config& config, const Ingredients& ingredients)
    : weights_(config.weights), views_(config.views, ingredients.spec) {
  encoder_ = register_module("encoder", ingredients.encoder);
  projector_ = register_module("projector",
                               std::make_shared<Projector>(encoder_->features(), config.projector,
                                                           ProjectorNormalization::batch,
                                                           ingredients.rng.stream("projector")));
}

Loss BarlowTwins::loss(const Batch& batch, Step& step) {
  const Tensor features = encoder_->forward(views_(batch.x, step.rng));       // [2N, D]
  const auto projected = projector_->forward(features, step.world).chunk(2);  // [N, P] twice
  return barlow_twins(projected[0], projected[1], weights_, step.world);
}

}  // namespace tacit
