// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/supervised.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/stack.h>

#include "tacit/dist/rows.h"
#include "tacit/transforms/corrupt.h"
#include "tacit/transforms/transformations.h"

namespace tacit {

Supervised::Supervised(const Config& config, const Ingredients& ingredients)
    : config_(config), fields_(ingredients.spec.fields) {
  require<ConfigError>(config.classes != 1, "one class leaves nothing to learn; check data.label");
  require<ConfigError>(config.classes > 0 || config.label_smoothing == 0,
                       "label_smoothing spreads a label over classes, but these labels are "
                       "numbers; set it to 0");
  require<ConfigError>(
      config.consistency.weight == 0 || !fields_.empty() ||
          (!config.augment.empty() && config.augment_probability > 0),
      "consistency needs copies of a row that differ; name transformations in augment and give "
      "augment_probability above 0");
  if (!config.augment.empty())
    augment_ = some_of(ingredients.spec.modality, config, config.augment,
                       config.augment_probability, "method.augment");
  encoder_ = register_module("encoder", ingredients.encoder);
  head_ = register_module(
      "classifier",
      std::make_shared<ClassifierHead>(ClassifierConfig{.features = encoder_->features(),
                                                        .hidden = config.hidden,
                                                        .classes = config.classes,
                                                        .dropout = config.feature_dropout,
                                                        .layers = config.hidden_layers,
                                                        .hidden_dropout = config.hidden_dropout},
                                       ingredients.rng.stream("head")));
  if (config.update != Update::all) {
    for (Tensor& parameter : encoder_->parameters()) parameter.requires_grad_(false);
    if (config.update == Update::last_block)
      for (const Tensor& parameter : encoder_->last_block()) parameter.requires_grad_(true);
  }
}

Tensor Supervised::classify(const Tensor& x) { return head_->forward(encoder_->forward(x)); }

void Supervised::train(bool on) {
  Method::train(on);
  if (config_.encoder_mode == EncoderMode::eval) encoder_->eval();
}

Loss Supervised::loss(const Batch& batch, Step& step) {
  const Tensor x = is_training() && augment_ ? augment_(batch.x, step.rng) : batch.x;
  require<ShapeError>(batch.y.is_floating_point() == head_->tells_number(),
                      "supervised: classes = {}, but labels are {}", config_.classes,
                      batch.y.is_floating_point() ? "numbers" : "classes");
  const Tensor out = classify(x);  // [N, K] or [N, 1]
  Loss loss = head_->tells_number() ? squared_error(out.squeeze(1), batch.y, step)
                                    : cross_entropy(out, batch.y, step);
  if (is_training() && config_.consistency.weight > 0) add_consistency(loss, batch.x, step);
  return loss;
}

Tensor Supervised::copy_of(const Tensor& x, Step& step) const {
  if (fields_.empty()) return augment_(x, step.rng);
  const Donors donors{step.world.gather(x), first_own_row(x, step.world)};
  return corrupt(x, fields_, {.swap = config_.consistency.swap, .hide = 0}, donors, step.rng).x;
}

void Supervised::add_consistency(Loss& loss, const Tensor& x, Step& step) {
  std::vector<Tensor> told;  // [N, K] or [N, 1] each
  for (int64_t i = 0; i < config_.consistency.copies; ++i)
    told.push_back(classify(copy_of(x, step)));
  Tensor spread = at::stack(told).var(/*dim=*/{0}, /*unbiased=*/false).mean(1);  // [N]
  if (head_->tells_number()) spread = spread / head_->deviation().square();
  const Tensor apart = mean_over_rows(spread, step.world);
  loss.total = loss.total + config_.consistency.weight * apart;
  loss.parts.emplace_back("consistency", apart);
}

Loss Supervised::cross_entropy(const Tensor& logits, const Tensor& y, const Step& step) const {
  const Tensor labelled = y >= 0;
  // Over the labelled rows of all processes: each may have another number of them.
  const Tensor rows = step.world.sum(labelled.sum());
  const Tensor sum =
      at::cross_entropy_loss(logits, y, {}, at::Reduction::Sum, -1, config_.label_smoothing);
  const Tensor correct = (logits.argmax(1) == y).logical_and(labelled);
  return {step.world.sum(sum) / rows,
          {{"accuracy", step.world.sum(correct.sum()).to(at::kFloat) / rows.clamp_min(1)}}};
}

Loss Supervised::squared_error(const Tensor& told, const Tensor& y, const Step& step) const {
  const Tensor labelled = y.isnan().logical_not();
  const Tensor rows = step.world.sum(labelled.sum());
  const Tensor error = (told - y.nan_to_num(0)) * labelled;  // [N]
  const Tensor sum = (error / head_->deviation()).square().sum();
  return {step.world.sum(sum) / rows,
          {{"absolute_error", step.world.sum(error.detach().abs().sum()) / rows.clamp_min(1)}}};
}

}  // namespace tacit
