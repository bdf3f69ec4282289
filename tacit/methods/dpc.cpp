// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/dpc.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

namespace tacit {
namespace {

void require_fit(const DpcConfig& config, const VideoResnet& encoder, const Spec& spec) {
  const int64_t time = spec.shape[1], blocks = config.blocks;
  require<ConfigError>(config.predicted < blocks,
                       "method.predicted = {} must leave some of method.blocks = {} to observe",
                       config.predicted, blocks);
  require<ConfigError>(time % blocks == 0, "method.blocks = {} must divide the {} frames of a clip",
                       blocks, time);
  const int64_t segment = encoder.config().segment;
  require<ConfigError>(segment == 0 || segment == time / blocks,
                       "encoder.segment = {} must be 0 or the {} frames of each of method.blocks = "
                       "{} blocks",
                       segment, time / blocks, blocks);
}

/// [N, B, D, H, W] -> [N, B H W, D].
Tensor places(const Tensor& maps) { return maps.permute({0, 1, 3, 4, 2}).flatten(1, 3); }

}  // namespace

Dpc::Dpc(const Config& config, const Ingredients& ingredients)
    : config_(config), augment_(clip_augmentation(config.clip, config.augment, ingredients.spec)) {
  encoder_ = std::dynamic_pointer_cast<VideoResnet>(ingredients.encoder);
  require<ConfigError>(encoder_ != nullptr,
                       "dpc predicts maps of clips, which this encoder does not give; use "
                       "encoder.name = \"video_resnet\"");
  register_module("encoder", encoder_);
  require_fit(config, *encoder_, ingredients.spec);
  const int64_t features = encoder_->channels();
  const Rng& rng = ingredients.rng;
  context_ = register_module(
      "context", std::make_shared<ConvGru>(ConvGruShape{features, config.hidden, config.kernel},
                                           rng.stream("context")));
  const auto weight = [&](const std::string& name, int64_t inputs) {
    Tensor made = register_parameter(name, at::empty({features, inputs, 1, 1}));
    const c10::AutoGradMode no_grad(false);
    orthogonal(made, rng.stream(name));
    return made;
  };
  hidden_weight_ = weight("hidden_weight", config.hidden);
  hidden_bias_ = register_parameter("hidden_bias", at::zeros({features}));
  output_weight_ = weight("output_weight", features);
  output_bias_ = register_parameter("output_bias", at::zeros({features}));
}

/// [N, C, T, H, W] -> [N, B, D, H', W'], a map of each block.
Tensor Dpc::encode(const Tensor& clips) {
  const Tensor blocks = clips.unflatten(2, {config_.blocks, -1}).transpose(1, 2).flatten(0, 1);
  return encoder_->maps(blocks).mean(2).unflatten(0, {clips.size(0), config_.blocks});
}

/// [N, B - P, D, H, W] -> [N, P, D, H, W], one after the other.
Tensor Dpc::predict(const Tensor& observed) const {
  Tensor context = context_->start(observed.select(1, 0));
  const auto gather = [&](const Tensor& map) {
    context = at::dropout(context_->step(at::relu(map), context), config_.dropout, is_training());
  };
  for (int64_t block = 0; block < observed.size(1); ++block) gather(observed.select(1, block));
  std::vector<Tensor> predictions;
  while (true) {
    const Tensor hidden = at::relu(at::conv2d(context, hidden_weight_, hidden_bias_));
    predictions.push_back(at::conv2d(hidden, output_weight_, output_bias_));
    if (std::ssize(predictions) == config_.predicted) return at::stack(predictions, 1);
    gather(predictions.back());
  }
}

Loss Dpc::loss(const Batch& batch, Step& step) {
  const int64_t observed = config_.blocks - config_.predicted;
  const Tensor maps = encode(is_training() ? augment_(batch.x, step.rng) : batch.x);
  const Tensor predictions = places(predict(maps.narrow(1, 0, observed)));     // [N, Q, D]
  const Tensor targets = places(maps.narrow(1, observed, config_.predicted));  // [N, Q, D]
  const Tensor own = at::arange(predictions.size(1), at::kLong);
  Loss loss = info_nce(predictions, targets, own, config_.nce, step.rng);
  if (!is_training()) {
    const auto [seen, coming] = colours(batch.x, maps.size(3), maps.size(4));
    loss.parts.emplace_back("nce/colour_accuracy",
                            nearest_accuracy(seen, coming, own, config_.nce, step.rng));
  }
  return loss;
}

/// The mean colour of each place in the last observed block, once a predicted one, and in those:
/// [N, Q, C] both.
std::pair<Tensor, Tensor> Dpc::colours(const Tensor& clips, int64_t height, int64_t width) const {
  const int64_t observed = config_.blocks - config_.predicted;
  const Tensor blocks =
      clips.unflatten(2, {config_.blocks, -1}).mean(3).transpose(1, 2);  // [N, B, C, H, W]
  const Tensor cells = at::adaptive_avg_pool2d(blocks.flatten(0, 1), {height, width})
                           .unflatten(0, {clips.size(0), config_.blocks});
  const Tensor last = cells.narrow(1, observed - 1, 1).expand({-1, config_.predicted, -1, -1, -1});
  return {places(last), places(cells.narrow(1, observed, config_.predicted))};
}

}  // namespace tacit
