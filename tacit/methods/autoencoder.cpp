// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/autoencoder.h"

#include <ATen/ops/mse_loss.h>

namespace tacit {

Autoencoder::Autoencoder(const Config& config, const Ingredients& ingredients) {
  encoder_ = register_module("encoder", ingredients.encoder);
  decoder_ = register_module(
      "decoder", std::make_shared<MlpHead>(encoder_->features(), config.hidden,
                                           c10::multiply_integers(ingredients.spec.shape),
                                           ingredients.rng.stream("decoder")));
}

Loss Autoencoder::loss(const Batch& batch, Step&) {
  const Tensor copy = decoder_->forward(encoder_->forward(batch.x));  // [N, C * T]
  return {at::mse_loss(copy, batch.x.flatten(1)), {}};
}

}  // namespace tacit
