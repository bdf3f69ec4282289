// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/table_transformer.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/scalar_tensor.h>

#include <cmath>

#include "tacit/core/error.h"

namespace tacit {

TableTransformer::TableTransformer(const TableTransformerConfig& config, const Spec& spec,
                                   const Rng& rng)
    : config_(config) {
  tokens_ = register_module(
      "tokens",
      std::make_shared<FieldTokens>(spec.fields, config.width, config.bins, rng.stream("tokens")));
  Tensor token = at::empty({config.width});
  Rng draws = rng.stream("class_token");
  const double bound = 1 / std::sqrt(static_cast<double>(config.width));
  for (int64_t i = 0; i < config.width; ++i)
    token.mutable_data_ptr<float>()[i] = static_cast<float>(draws.uniform(-bound, bound));
  class_token_ = register_parameter("class_token", token);
  for (int64_t index = 0; index < config.depth; ++index) {
    const std::string name = text("block{}", index + 1);
    blocks_.push_back(register_module(
        name, std::make_shared<TransformerBlock>(
                  TransformerShape{config.width, config.heads, config.hidden}, rng.stream(name))));
  }
  norm_ = register_module("norm", std::make_shared<LayerNorm>(config.width));
}

std::vector<Tensor> TableTransformer::layers(const Tensor& x) {
  const Tensor fields = tokens_->forward(x);  // [N, F, D]
  std::vector<Tensor> all{fields.mean(1)};
  Tensor h = at::cat({class_token_.expand({x.size(0), 1, -1}), fields}, 1);
  for (const auto& block : blocks_) {
    h = block->forward(h);
    all.push_back(h.select(1, 0));
  }
  all.back() = norm_->forward(all.back());
  return all;
}

Tensor TableTransformer::forward(const Tensor& x) {
  const std::vector<Tensor> all = layers(x);
  return config_.features == FeatureLayers::all ? at::cat(all, 1) : all.back();
}

int64_t TableTransformer::features() const {
  return config_.features == FeatureLayers::all ? config_.width * (config_.depth + 1)
                                                : config_.width;
}

std::vector<Tensor> TableTransformer::last_block() {
  std::vector<Tensor> last = blocks_.back()->parameters();
  for (const Tensor& parameter : norm_->parameters()) last.push_back(parameter);
  return last;
}

onnx::Value TableTransformer::emit(onnx::Graph& graph, const onnx::Value& x) const {
  const onnx::Value fields = tokens_->emit(graph, x);
  const onnx::Value rows = graph.add("Shape", {x}, {{"start", 0}, {"end", 1}});
  const onnx::Value shape =
      graph.add("Concat", {rows, onnx::Ints{1, config_.width}}, {{"axis", 0}});
  const onnx::Value token = graph.add("Expand", {class_token_, shape});  // [N, 1, D]
  onnx::Value h = graph.add("Concat", {token, fields}, {{"axis", 1}});
  std::vector<onnx::Value> all;
  for (const auto& block : blocks_) {
    h = block->emit(graph, h);
    all.push_back(graph.add("Gather", {h, at::scalar_tensor(0, at::kLong)}, {{"axis", 1}}));
  }
  all.back() = norm_->emit(graph, all.back());
  if (config_.features == FeatureLayers::last) return all.back();
  std::vector<onnx::Operand> side_by_side{
      graph.add("ReduceMean", {fields}, {{"axes", onnx::Ints{1}}, {"keepdims", 0}})};
  for (const onnx::Value& layer : all) side_by_side.emplace_back(layer);
  return graph.add("Concat", side_by_side, {{"axis", 1}});
}

}  // namespace tacit
