// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/patch_transformer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/empty.h>

#include "tacit/nn/initialize.h"

namespace tacit {

PatchTransformer::PatchTransformer(const PatchTransformerConfig& config, const Spec& spec,
                                   const Rng& rng)
    : config_(config) {
  require<ConfigError>(spec.shape.at(1) >= config.patch_length,
                       "windows of {} samples are shorter than encoder.patch_length = {}; choose a "
                       "shorter patch",
                       spec.shape[1], config.patch_length);
  weight_ = register_parameter("embedding_weight",
                               at::empty({config.width, spec.shape[0], config.patch_length}));
  bias_ = register_parameter("embedding_bias", at::empty({config.width}));
  initialize(*this, rng.stream("embedding"));
  const int64_t count = (spec.shape[1] - config.patch_length) / config.patch_stride + 1;
  positions_ = register_buffer("positions", sinusoidal_positions(count, config.width));
  for (int64_t index = 0; index < config.depth; ++index) {
    const std::string name = text("block{}", index + 1);
    blocks_.push_back(register_module(
        name, std::make_shared<TransformerBlock>(
                  TransformerShape{config.width, config.heads, config.hidden}, rng.stream(name))));
  }
  norm_ = register_module("norm", std::make_shared<LayerNorm>(config.width));
}

Tensor PatchTransformer::embed(const Tensor& x) const {
  return at::conv1d(x, weight_, bias_, config_.patch_stride).transpose(1, 2) + positions_;
}

Tensor PatchTransformer::encode(const Tensor& tokens) const {
  Tensor h = tokens;
  for (const auto& block : blocks_) h = block->forward(h);
  return norm_->forward(h);
}

PatchGrid PatchTransformer::patches() const {
  return {config_.patch_length, config_.patch_stride, positions_.size(0)};
}

onnx::Value PatchTransformer::emit(onnx::Graph& graph, const onnx::Value& x) const {
  const onnx::Value patches =
      graph.add("Conv", {x, weight_, bias_}, {{"strides", onnx::Ints{config_.patch_stride}}});
  onnx::Value h = graph.add(
      "Add", {graph.add("Transpose", {patches}, {{"perm", onnx::Ints{0, 2, 1}}}), positions_});
  for (const auto& block : blocks_) h = block->emit(graph, h);
  h = graph.add("Transpose", {norm_->emit(graph, h)},
                {{"perm", onnx::Ints{0, 2, 1}}});  // [N, D, L]
  std::vector<onnx::Operand> pooled;
  emit_pool(graph, h, config_.pooling, pooled);
  return graph.add("Concat", pooled, {{"axis", 1}});
}

std::vector<Tensor> PatchTransformer::last_block() {
  std::vector<Tensor> last = blocks_.back()->parameters();
  for (const Tensor& parameter : norm_->parameters()) last.push_back(parameter);
  return last;
}

}  // namespace tacit
