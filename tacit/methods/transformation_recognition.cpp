// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/transformation_recognition.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>

#include "tacit/dist/rows.h"

namespace tacit {
namespace {

constexpr double kSlope = 0.2;  // of the leaky ReLU in the authors' code

/// told, truth: [M] bool -> [] of the rows of all processes; 0 where nothing is told or true.
Tensor f1_of(const Tensor& told, const Tensor& truth, const Communicator& world) {
  const Tensor right = world.sum(told.logical_and(truth).sum().to(at::kFloat));
  const Tensor both = world.sum((told.sum() + truth.sum()).to(at::kFloat));
  return 2 * right / both.clamp_min(1);
}

}  // namespace

TransformationRecognition::TransformationRecognition(const Config& config,
                                                     const Ingredients& ingredients)
    : weights_(config.weights.list()), tasks_(ecg_transformations(config.transformations)) {
  encoder_ = register_module("encoder", ingredients.encoder);
  heads_ = register_module(
      "heads",
      std::make_shared<TaskHeads>(TaskHeadsConfig{.features = encoder_->features(),
                                                  .hidden = config.hidden,
                                                  .tasks = static_cast<int64_t>(weights_.size()),
                                                  .layers = 2,
                                                  .negative_slope = kSlope,
                                                  .dropout = config.dropout},
                                  ingredients.rng.stream("heads")));
}

Loss TransformationRecognition::loss(const Batch& batch, Step& step) {
  std::vector<Tensor> versions{batch.x};  // each [N, C, T]
  std::vector<std::string> names{"original"};
  for (const NamedTransform& task : tasks_) {
    versions.push_back(task.apply(batch.x, step.rng));
    names.push_back(task.name);
  }
  const auto tasks = static_cast<int64_t>(versions.size());
  const Tensor truth =  // [tasks * N, tasks]
      at::eye(tasks, batch.x.options()).repeat_interleave(batch.x.size(0), 0);
  const Tensor logits = heads_->forward(encoder_->forward(at::cat(versions)));
  const Tensor each = mean_over_rows(
      at::binary_cross_entropy_with_logits(logits, truth, {}, {}, at::Reduction::None), step.world);
  Loss result{each[0] * weights_[0], {}};
  for (int64_t task = 0; task < tasks; ++task) {
    const auto place = static_cast<size_t>(task);
    if (task > 0) result.total = result.total + each[task] * weights_[place];
    result.parts.emplace_back(names[place] + "/loss", each[task]);
    result.parts.emplace_back(names[place] + "/f1", f1_of(logits.select(1, task) > 0,
                                                          truth.select(1, task) > 0, step.world));
  }
  return result;
}

}  // namespace tacit
