// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/heart_prediction.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/zeros.h>

#include "tacit/dsp/heart_features.h"
#include "tacit/methods/known_features.h"

namespace tacit {

HeartPrediction::HeartPrediction(const Config& config, const Ingredients& ingredients)
    : most_(config.most),
      rate_hz_(ingredients.spec.rate_hz),
      disturb_(chain({sometimes(config.negate, negate()), scale(config.scale),
                      jitter(config.jitter), mask_stretch(config.mask)})) {
  const Tensor window = at::zeros({1, ingredients.spec.shape.at(0), ingredients.spec.shape.at(1)});
  const int64_t targets = heart_features(window, rate_hz_).size(1);
  encoder_ = register_module("encoder", ingredients.encoder);
  head_ =
      register_module("head", std::make_shared<MlpHead>(encoder_->features(), config.hidden,
                                                        targets, ingredients.rng.stream("head")));
}

Loss HeartPrediction::loss(const Batch& batch, Step& step) {
  const Tensor known = heart_features(batch.x, rate_hz_).to(batch.x.device());
  const Tensor target = standardize_over_rows(known, step.world).clamp(-most_, most_);
  const Tensor predicted = head_->forward(encoder_->forward(disturb_(batch.x, step.rng)));
  return {at::mse_loss(predicted, target), {}};
}

}  // namespace tacit
