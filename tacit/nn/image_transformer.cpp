// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/image_transformer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include "tacit/nn/initialize.h"

namespace tacit {
namespace {

PatchGrid grid_of(int64_t patch, const Spec& spec) {
  require<ShapeError>(spec.shape.size() == 3,
                      "image_transformer: rows must be images [C, H, W], but here they are {}",
                      c10::IntArrayRef(spec.shape));
  const int64_t height = spec.shape[1], width = spec.shape[2];
  require<ConfigError>(
      height % patch == 0 && width % patch == 0,
      "images of {} x {} pixels are not made of whole squares of encoder.patch = {}; choose a "
      "patch that divides both sides",
      height, width, patch);
  return {patch, patch, (height / patch) * (width / patch), width / patch};
}

}  // namespace

ImageTransformer::ImageTransformer(const ImageTransformerConfig& config, const Spec& spec,
                                   const Rng& rng)
    : config_(config), grid_(grid_of(config.patch, spec)) {
  weight_ = register_parameter(
      "embedding_weight", at::empty({config.width, spec.shape[0] * config.patch * config.patch}));
  bias_ = register_parameter("embedding_bias", at::empty({config.width}));
  initialize(*this, rng.stream("embedding"));
  positions_ = register_buffer("positions", patch_positions(grid_, config.width));
  for (int64_t index = 0; index < config.depth; ++index) {
    const std::string name = text("block{}", index + 1);
    blocks_.push_back(register_module(
        name, std::make_shared<TransformerBlock>(
                  TransformerShape{config.width, config.heads, config.hidden}, rng.stream(name))));
  }
  norm_ = register_module("norm", std::make_shared<LayerNorm>(config.width));
}

Tensor ImageTransformer::embed(const Tensor& x) const {
  return at::linear(cut_patches(x, grid_), weight_, bias_) + positions_;
}

Tensor ImageTransformer::encode(const Tensor& tokens) const {
  Tensor h = tokens;
  for (const auto& block : blocks_) h = block->forward(h);
  return norm_->forward(h);
}

onnx::Value ImageTransformer::emit(onnx::Graph& graph, const onnx::Value& x) const {
  // The linear map of a square is a convolution that hops by its side.
  const int64_t side = config_.patch, width = config_.width;
  const onnx::Value squares =  // [N, D, lines, columns]
      graph.add("Conv", {x, weight_.view({width, -1, side, side}), bias_},
                {{"strides", onnx::Ints{side, side}}});
  const onnx::Value tokens = graph.add("Reshape", {squares, onnx::Ints{0, width, grid_.count}});
  onnx::Value h = graph.add(
      "Add", {graph.add("Transpose", {tokens}, {{"perm", onnx::Ints{0, 2, 1}}}), positions_});
  for (const auto& block : blocks_) h = block->emit(graph, h);
  h = graph.add("Transpose", {norm_->emit(graph, h)},
                {{"perm", onnx::Ints{0, 2, 1}}});  // [N, D, L]
  std::vector<onnx::Operand> pooled;
  emit_pool(graph, h, config_.pooling, pooled);
  return graph.add("Concat", pooled, {{"axis", 1}});
}

std::vector<Tensor> ImageTransformer::last_block() {
  std::vector<Tensor> last = blocks_.back()->parameters();
  for (const Tensor& parameter : norm_->parameters()) last.push_back(parameter);
  return last;
}

}  // namespace tacit
