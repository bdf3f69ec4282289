// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/transformation_prediction.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

namespace tacit {
TransformationPrediction::TransformationPrediction(const Config& config,
                                                   const Ingredients& ingredients)
    : config_(config),
      tasks_(config.tasks.empty()
                 ? signal_transformations(config.transformations)
                 : choose_transformations(config.transformations, config.tasks, "method.tasks")) {
  encoder_ = register_module("encoder", ingredients.encoder);
  heads_ = register_module(
      "heads",
      std::make_shared<TaskHeads>(TaskHeadsConfig{.features = encoder_->features(),
                                                  .hidden = config.hidden,
                                                  .tasks = static_cast<int64_t>(tasks_.size())},
                                  ingredients.rng.stream("heads")));
}

TransformationPrediction::Trial TransformationPrediction::each_by_itself(const Tensor& x,
                                                                         Rng& rng) const {
  const auto count = static_cast<int64_t>(tasks_.size());
  std::vector<Tensor> versions{x};  // version 0 is the original, version s + 1 went through task s
  for (const NamedTransform& task : tasks_) versions.push_back(task.apply(x, rng));
  const Tensor truth = at::zeros({count + 1, count}, x.options());  // [S + 1, S]
  truth.slice(0, 1).diagonal().fill_(1);
  Tensor weight;  // [S + 1, S], the answers of one head weigh as much as those of any other
  if (config_.examples == Examples::pairs) {
    weight = truth.clone();
    weight[0].fill_(1);
    weight *= static_cast<double>(count + 1) / 2;
  } else {
    weight = at::where(truth > 0, at::full_like(truth, static_cast<double>(count)),
                       at::ones_like(truth)) *
             (static_cast<double>(count + 1) / static_cast<double>(2 * count));
  }
  return {at::cat(versions), truth.repeat_interleave(x.size(0), 0),
          weight.repeat_interleave(x.size(0), 0)};
}

TransformationPrediction::Trial TransformationPrediction::composed(const Tensor& x,
                                                                   Rng& rng) const {
  std::vector<Tensor> applied;  // [N] each
  Tensor copy = x;
  for (const NamedTransform& task : tasks_) {
    const Rng coins = rng.split();
    const Tensor coin = at::zeros({x.size(0)});
    for (int64_t row = 0; row < x.size(0); ++row)
      coin.mutable_data_ptr<float>()[row] =
          coins.row(row).chance(config_.probability) ? 1.0f : 0.0f;
    applied.push_back(coin.to(x.device()));
    copy = at::where(applied.back().view({-1, 1, 1}) > 0, task.apply(copy, rng), copy);
  }
  const Tensor target = at::stack(applied, 1);
  return {copy, target, at::ones_like(target)};
}

Loss TransformationPrediction::loss(const Batch& batch, Step& step) {
  const Trial trial = config_.examples == Examples::composed ? composed(batch.x, step.rng)
                                                             : each_by_itself(batch.x, step.rng);
  const Tensor logits = heads_->forward(encoder_->forward(trial.x));  // [M, S]
  const Tensor each =
      at::binary_cross_entropy_with_logits(logits, trial.target, {}, {}, at::Reduction::None) *
      trial.weight;
  const Tensor correct = ((logits > 0) == (trial.target > 0)).to(at::kFloat) * trial.weight;
  Loss result{each.mean(), {}};
  for (size_t task = 0; task < tasks_.size(); ++task) {
    const auto column = static_cast<int64_t>(task);
    result.parts.emplace_back(tasks_[task].name + "/loss", each.select(1, column).mean());
    result.parts.emplace_back(tasks_[task].name + "/accuracy", correct.select(1, column).mean());
  }
  return result;
}

}  // namespace tacit
