// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/gan_discriminator.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/relu.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tacit/onnx/graph.h"

namespace tacit {
namespace {

constexpr int64_t kRotations = 4;

/// Channels after each block, and how many blocks, from the first, halve height and width.
struct Layout {
  std::vector<int64_t> channels;
  size_t halvings;
};

/// Throws ConfigError for another size.
Layout layout_of(const Spec& spec, double width) {
  Layout layout{};
  const std::vector<int64_t>& shape = spec.shape;
  const int64_t size = shape.size() == 3 && shape[1] == shape[2] ? shape[1] : 0;
  if (size == 32) layout = {{128, 128, 128, 128}, 2};
  if (size == 48) layout = {{64, 128, 256, 512, 1024}, 4};
  if (size == 64) layout = {{64, 128, 256, 512, 1024}, 5};
  require<ConfigError>(layout.halvings > 0,
                       "the discriminator takes images of 32 x 32, 48 x 48 or 64 x 64 pixels, but "
                       "here rows are {}; scale them to one of these",
                       c10::IntArrayRef(shape));
  for (int64_t& channels : layout.channels)
    channels = std::max<int64_t>(1, std::llround(static_cast<double>(channels) * width));
  return layout;
}

struct BlockShape {
  int64_t inputs, outputs;
  bool is_first, halves;
};

}  // namespace

class DiscriminatorBlock final : public torch::nn::Module {
 public:
  DiscriminatorBlock(const BlockShape& shape, const Rng& rng)
      : is_first_(shape.is_first), halves_(shape.halves) {
    const auto [inputs, outputs, is_first, halves] = shape;
    const auto conv = [&](const std::string& name, const SpectralConv2d::Shape& of, double gain) {
      return register_module(name, std::make_shared<SpectralConv2d>(of, gain, rng.stream(name)));
    };
    const int64_t between = is_first ? outputs : inputs;
    first_ = conv("first", {inputs, between, 3}, std::numbers::sqrt2);
    second_ = conv("second", {between, outputs, 3}, std::numbers::sqrt2);
    if (inputs != outputs || halves) shortcut_ = conv("shortcut", {inputs, outputs, 1}, 1);
  }

  /// x: [N, C, H, W] -> [N, O, H, W], or half as high and wide.
  Tensor forward(const Tensor& x) {
    const auto halved = [&](const Tensor& h) { return halves_ ? at::avg_pool2d(h, 2) : h; };
    const Tensor first = first_->forward(is_first_ ? x : at::relu(x));
    const Tensor changed = halved(second_->forward(at::relu(first)));
    return changed + (shortcut_ ? shortcut_->forward(halved(x)) : x);
  }

  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const {
    const auto halved = [&](const onnx::Value& h) {
      const onnx::Ints two{2, 2};
      return halves_ ? graph.add("AveragePool", {h}, {{"kernel_shape", two}, {"strides", two}}) : h;
    };
    const onnx::Value first = first_->emit(graph, is_first_ ? x : graph.add("Relu", {x}));
    const onnx::Value changed = halved(second_->emit(graph, graph.add("Relu", {first})));
    return graph.add("Add", {changed, shortcut_ ? shortcut_->emit(graph, halved(x)) : x});
  }

 private:
  bool is_first_, halves_;
  std::shared_ptr<SpectralConv2d> first_, second_;
  std::shared_ptr<SpectralConv2d> shortcut_;  // null where the shape stays
};

GanDiscriminator::GanDiscriminator(const GanDiscriminatorConfig& config, const Spec& spec,
                                   const Rng& rng)
    : pooling_(config.pooling) {
  const auto [channels, halvings] = layout_of(spec, config.width);
  int64_t inputs = spec.shape[0];
  for (size_t i = 0; i < channels.size(); ++i) {
    const std::string name = text("block{}", i + 1);
    const BlockShape shape{inputs, channels[i], /*is_first=*/i == 0, /*halves=*/i < halvings};
    blocks_.push_back(
        register_module(name, std::make_shared<DiscriminatorBlock>(shape, rng.stream(name))));
    inputs = channels[i];
  }
  features_ = inputs;
}

Tensor GanDiscriminator::forward(const Tensor& x) {
  Tensor h = x.contiguous(at::MemoryFormat::ChannelsLast);
  for (const auto& block : blocks_) h = block->forward(h);
  h = at::relu(h);
  return pooling_ == PixelPooling::sum ? h.sum({2, 3}) : h.mean({2, 3});
}

onnx::Value GanDiscriminator::emit(onnx::Graph& graph, const onnx::Value& x) const {
  onnx::Value h = x;
  for (const auto& block : blocks_) h = block->emit(graph, h);
  h = graph.add("Relu", {h});
  const onnx::Ints pixels{2, 3};
  return pooling_ == PixelPooling::sum
             ? graph.add("ReduceSum", {h, pixels}, {{"keepdims", 0}})
             : graph.add("ReduceMean", {h}, {{"axes", pixels}, {"keepdims", 0}});
}

std::vector<Tensor> GanDiscriminator::last_block() { return blocks_.back()->parameters(); }

GanHeads::GanHeads(const GanHeadsConfig& config, const Rng& rng) {
  const auto dense = [&](const std::string& name, int64_t outputs) {
    return register_module(
        name, std::make_shared<SpectralLinear>(config.features, outputs, rng.stream(name)));
  };
  score_ = dense("score", 1);
  if (config.tells_rotation) rotation_ = dense("rotation", kRotations);
  if (config.classes > 0)
    projection_ = register_module(
        "projection", std::make_shared<SpectralEmbedding>(config.classes, config.features,
                                                          rng.stream("projection")));
}

Judgement GanHeads::forward(const Tensor& features, const Tensor& y) {
  Judgement judgement{score_->forward(features).squeeze(1), {}, features};
  if (rotation_) judgement.rotation = rotation_->forward(features);
  if (!projection_) return judgement;
  require<ShapeError>(y.defined() && y.dim() == 1 && y.size(0) == features.size(0),
                      "a discriminator of classes needs a class for each of {} rows",
                      features.size(0));
  judgement.score = judgement.score + (projection_->forward(y) * features).sum(1);
  return judgement;
}

}  // namespace tacit
