// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/supervised.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

namespace tacit {

Supervised::Supervised(const Config& config, const Ingredients& ingredients) : config_(config) {
  std::vector<Transform> steps;
  for (const SignalTransformation& task :
       choose_transformations(config.transformations, config.augment, "method.augment"))
    steps.push_back(sometimes(config.augment_probability, task.apply));
  augment_ = chain(std::move(steps));
  encoder_ = register_module("encoder", ingredients.encoder);
  shift_ = register_buffer("shift", at::zeros({encoder_->features()}));
  scale_ = register_buffer("scale", at::ones({encoder_->features()}));
  head_ = register_module("head", std::make_shared<MlpHead>(encoder_->features(), config.hidden,
                                                            config.classes,
                                                            ingredients.rng.stream("head")));
  if (config.update != Update::all) {
    for (Tensor& parameter : encoder_->parameters()) parameter.requires_grad_(false);
    if (config.update == Update::last_block)
      for (const Tensor& parameter : encoder_->last_block()) parameter.requires_grad_(true);
  }
}

Tensor Supervised::classify(const Tensor& x) {
  const Tensor features = (encoder_->forward(x) - shift_) / scale_;  // [N, D]
  return head_->forward(at::dropout(features, config_.feature_dropout, is_training()));
}

void Supervised::set_head(const Tensor& shift, const Tensor& scale, const Tensor& weight,
                          const Tensor& bias) {
  const c10::AutoGradMode no_grad(false);
  const auto put = [](const Tensor& place, const Tensor& value, const char* name) {
    require<ShapeError>(place.defined() && place.sizes() == value.sizes(),
                        "set_head: {} has shape {}, the head's is {}", name, value.sizes(),
                        place.sizes());
    place.copy_(value);
  };
  put(shift_, shift, "shift");
  put(scale_, scale, "scale");
  put(head_->named_parameters()["weight"], weight, "weight");
  put(head_->named_parameters()["bias"], bias, "bias");
}

void Supervised::train(bool on) {
  Method::train(on);
  if (config_.encoder_mode == EncoderMode::eval) encoder_->eval();
}

Loss Supervised::loss(const Batch& batch, Step& step) {
  const Tensor x = is_training() ? augment_(batch.x, step.rng) : batch.x;
  const Tensor logits = classify(x);  // [N, K]
  const Tensor total =
      at::cross_entropy_loss(logits, batch.y, {}, at::Reduction::Mean, -1, config_.label_smoothing);
  const Tensor labelled = batch.y >= 0;
  const Tensor correct = (logits.argmax(1) == batch.y).logical_and(labelled);
  return {total, {{"accuracy", correct.sum().to(at::kFloat) / labelled.sum().clamp_min(1)}}};
}

}  // namespace tacit
