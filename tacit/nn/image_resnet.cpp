// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/image_resnet.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <cmath>

#include "tacit/nn/group_norm.h"
#include "tacit/onnx/graph.h"

namespace tacit {
namespace {

constexpr double kMomentum = 0.1;  // of batch statistics, PyTorch's default
constexpr double kEpsilon = 1e-5;

struct ConvShape {
  int64_t inputs, outputs, kernel, stride;
  ImageNormalization normalization;
};

/// Equal hops, or equal edges on all four sides.
onnx::Ints hops(int64_t stride) { return {stride, stride}; }
onnx::Ints edges(int64_t padding) { return {padding, padding, padding, padding}; }

}  // namespace

class NormedConv2d final : public torch::nn::Module {
 public:
  NormedConv2d(const ConvShape& shape, const Rng& rng)
      : stride_(shape.stride), by_batch_(shape.normalization == ImageNormalization::batch) {
    const auto [inputs, outputs, kernel, stride, normalization] = shape;
    weight_ = register_parameter("weight", at::empty({outputs, inputs, kernel, kernel}));
    gain_ = register_parameter("gain", at::ones({outputs}));
    shift_ = register_parameter("shift", at::zeros({outputs}));
    if (by_batch_) {
      running_mean_ = register_buffer("running_mean", at::zeros({outputs}));
      running_var_ = register_buffer("running_var", at::ones({outputs}));
    }
    const c10::AutoGradMode no_grad(false);
    const double deviation = std::sqrt(2.0 / static_cast<double>(outputs * kernel * kernel));
    Rng draws = rng.stream("weight");
    auto* values = weight_.mutable_data_ptr<float>();
    for (int64_t i = 0; i < weight_.numel(); ++i)
      values[i] = static_cast<float>(draws.normal(0, deviation));
  }

  /// x: [N, C, H, W] -> [N, O, ceil(H / stride), ceil(W / stride)].
  Tensor forward(const Tensor& x) const {
    const Tensor h = at::conv2d(x, weight_, /*bias=*/{}, stride_, weight_.size(2) / 2);
    if (!by_batch_) return at::group_norm(h, /*num_groups=*/1, gain_, shift_, kEpsilon);
    return at::batch_norm(h, gain_, shift_, running_mean_, running_var_, is_training(), kMomentum,
                          kEpsilon, /*cudnn_enabled=*/true);
  }

  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const {
    const onnx::Value h = graph.add(
        "Conv", {x, weight_}, {{"strides", hops(stride_)}, {"pads", edges(weight_.size(2) / 2)}});
    if (!by_batch_)
      return emit_group_norm(graph, h, gain_, shift_,
                             {.groups = 1, .dimensions = 4, .epsilon = kEpsilon});
    return graph.add("BatchNormalization", {h, gain_, shift_, running_mean_, running_var_},
                     {{"epsilon", kEpsilon}});
  }

 private:
  int64_t stride_;
  bool by_batch_;                      // or each row by itself
  Tensor weight_;                      // [O, C, k, k]
  Tensor gain_, shift_;                // [O]
  Tensor running_mean_, running_var_;  // [O], of batches
};

ImageResnet::ImageResnet(const ImageResnetConfig& config, const Spec& spec, const Rng& rng)
    : config_(config) {
  const size_t stages = config.filters.size();
  require<ConfigError>(
      stages > 0 && config.blocks.size() == stages,
      "encoder.filters and encoder.blocks must list the same number of stages, not {} and {}",
      stages, config.blocks.size());
  require<ShapeError>(spec.shape.size() == 3,
                      "image_resnet: rows must be images [C, H, W], but here they are {}",
                      c10::IntArrayRef(spec.shape));
  int64_t channels = config.filters[0];
  const bool large = config.stem == ImageStem::large;
  stem_ = register_module(
      "stem", std::make_shared<NormedConv2d>(ConvShape{spec.shape[0], channels, large ? 7 : 3,
                                                       large ? 2 : 1, config.normalization},
                                             rng.stream("stem")));
  for (size_t stage = 0; stage < stages; ++stage)
    for (int64_t index = 0; index < config.blocks[stage]; ++index) {
      const int64_t stride = stage > 0 && index == 0 ? 2 : 1;
      blocks_.push_back(add_block(channels, config.filters[stage], stride, rng));
      channels = config.filters[stage];
    }
}

ImageResnet::Block ImageResnet::add_block(int64_t channels, int64_t filters, int64_t stride,
                                          const Rng& rng) {
  const auto conv = [&](const std::string& part, const ConvShape& shape) {
    const std::string name = text("block{}_{}", blocks_.size() + 1, part);
    return register_module(name, std::make_shared<NormedConv2d>(shape, rng.stream(name)));
  };
  const ImageNormalization normalization = config_.normalization;
  Block block{conv("first", {channels, filters, 3, stride, normalization}),
              conv("second", {filters, filters, 3, 1, normalization}), nullptr};
  if (channels != filters || stride != 1)
    block.shortcut = conv("shortcut", {channels, filters, 1, stride, normalization});
  return block;
}

Tensor ImageResnet::forward(const Tensor& x) {
  // With a pixel's channels side by side, convolutions and normalisation need no reordering.
  Tensor h = at::relu(stem_->forward(x.contiguous(at::MemoryFormat::ChannelsLast)));
  if (config_.stem == ImageStem::large) h = at::max_pool2d(h, 3, 2, 1);
  for (const Block& block : blocks_) {
    const Tensor changed = block.second->forward(at::relu(block.first->forward(h)));
    h = at::relu(changed + (block.shortcut ? block.shortcut->forward(h) : h));
  }
  return h.mean({2, 3});
}

onnx::Value ImageResnet::emit(onnx::Graph& graph, const onnx::Value& x) const {
  onnx::Value h = graph.add("Relu", {stem_->emit(graph, x)});
  if (config_.stem == ImageStem::large)
    h = graph.add("MaxPool", {h},
                  {{"kernel_shape", onnx::Ints{3, 3}}, {"strides", hops(2)}, {"pads", edges(1)}});
  for (const Block& block : blocks_) {
    const onnx::Value first = graph.add("Relu", {block.first->emit(graph, h)});
    const onnx::Value changed = block.second->emit(graph, first);
    const onnx::Value kept = block.shortcut ? block.shortcut->emit(graph, h) : h;
    h = graph.add("Relu", {graph.add("Add", {changed, kept})});
  }
  return graph.add("ReduceMean", {h}, {{"axes", onnx::Ints{2, 3}}, {"keepdims", 0}});
}

std::vector<Tensor> ImageResnet::last_block() {
  std::vector<Tensor> last;
  for (const auto& conv : {blocks_.back().first, blocks_.back().second, blocks_.back().shortcut})
    if (conv)
      for (const Tensor& parameter : conv->parameters()) last.push_back(parameter);
  return last;
}

}  // namespace tacit
