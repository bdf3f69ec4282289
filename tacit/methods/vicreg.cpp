// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/vicreg.h"

namespace tacit {

Vicreg::Vicreg(const Config& config, const Ingredients& ingredients)
    : weights_(config.weights), views_(config.views, ingredients.spec) {
  encoder_ = register_module("encoder", ingredients.encoder);
  expander_ =
      register_module("expander", std::make_shared<Projector>(encoder_->features(), config.expander,
                                                              ProjectorNormalization::batch,
                                                              ingredients.rng.stream("expander")));
}

Loss Vicreg::loss(const Batch& batch, Step& step) {
  const Tensor features = encoder_->forward(views_(batch.x, step.rng));     // [2N, D]
  const auto expanded = expander_->forward(features, step.world).chunk(2);  // [N, E] twice
  return vicreg(expanded[0], expanded[1], weights_, step.world);
}

}  // namespace tacit
