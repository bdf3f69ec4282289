// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/transformer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/nn/initialize.h"
#include "tacit/onnx/operators.h"

namespace tacit {
namespace {

constexpr double kEpsilon = 1e-5;

}  // namespace

LayerNorm::LayerNorm(int64_t width) {
  gain_ = register_parameter("gain", at::ones({width}));
  shift_ = register_parameter("shift", at::zeros({width}));
}

Tensor LayerNorm::forward(const Tensor& x) const {
  return at::layer_norm(x, {gain_.size(0)}, gain_, shift_, kEpsilon);
}

TransformerBlock::TransformerBlock(const TransformerShape& shape, const Rng& rng)
    : heads_(shape.heads) {
  const auto [width, heads, hidden] = shape;
  require<ConfigError>(
      width % heads == 0,
      "a transformer of width {} cannot be shared among {} heads; choose a width that is "
      "a multiple of heads",
      width, heads);
  attention_weight_ = register_parameter("attention_weight", at::empty({3 * width, width}));
  attention_bias_ = register_parameter("attention_bias", at::empty({3 * width}));
  merge_weight_ = register_parameter("merge_weight", at::empty({width, width}));
  merge_bias_ = register_parameter("merge_bias", at::empty({width}));
  hidden_weight_ = register_parameter("hidden_weight", at::empty({hidden, width}));
  hidden_bias_ = register_parameter("hidden_bias", at::empty({hidden}));
  output_weight_ = register_parameter("output_weight", at::empty({width, hidden}));
  output_bias_ = register_parameter("output_bias", at::empty({width}));
  initialize(*this, rng);
  before_attention_ = register_module("before_attention", std::make_shared<LayerNorm>(width));
  before_dense_ = register_module("before_dense", std::make_shared<LayerNorm>(width));
}

Tensor TransformerBlock::forward(const Tensor& x) const {
  const Tensor attended = x + attend(before_attention_->forward(x));
  const Tensor hidden =
      at::gelu(at::linear(before_dense_->forward(attended), hidden_weight_, hidden_bias_));
  return attended + at::linear(hidden, output_weight_, output_bias_);
}

Tensor TransformerBlock::attend(const Tensor& x) const {
  const int64_t rows = x.size(0), tokens = x.size(1), width = x.size(2), each = width / heads_;
  const Tensor all = at::linear(x, attention_weight_, attention_bias_)
                         .view({rows, tokens, 3, heads_, each})
                         .permute({2, 0, 3, 1, 4});  // [3, N, heads, L, each]
  const Tensor query = all[0], key = all[1], value = all[2];
  const Tensor weights = at::softmax(
      at::matmul(query, key.transpose(2, 3)) / std::sqrt(static_cast<double>(each)), -1);
  const Tensor heard = at::matmul(weights, value).transpose(1, 2).reshape({rows, tokens, width});
  return at::linear(heard, merge_weight_, merge_bias_);
}

onnx::Value LayerNorm::emit(onnx::Graph& graph, const onnx::Value& x) const {
  return graph.add("LayerNormalization", {x, gain_, shift_}, {{"axis", -1}, {"epsilon", kEpsilon}});
}

onnx::Value TransformerBlock::emit(onnx::Graph& graph, const onnx::Value& x) const {
  const onnx::Value attended =
      graph.add("Add", {x, emit_attend(graph, before_attention_->emit(graph, x))});
  const onnx::Value hidden = onnx::gelu(
      graph,
      onnx::linear(graph, before_dense_->emit(graph, attended), hidden_weight_, hidden_bias_));
  return graph.add("Add", {attended, onnx::linear(graph, hidden, output_weight_, output_bias_)});
}

onnx::Value TransformerBlock::emit_attend(onnx::Graph& graph, const onnx::Value& x) const {
  const int64_t width = merge_weight_.size(0), each = width / heads_;
  const onnx::Value split =
      graph.add("Reshape", {onnx::linear(graph, x, attention_weight_, attention_bias_),
                            onnx::Ints{0, 0, 3, heads_, each}});
  const onnx::Value all = graph.add(
      "Transpose", {split}, {{"perm", onnx::Ints{2, 0, 3, 1, 4}}});  // [3, N, heads, L, each]
  const auto part = [&](int64_t index) {
    return graph.add("Gather", {all, at::scalar_tensor(index, at::kLong)}, {{"axis", 0}});
  };
  const onnx::Value query = part(0), value = part(2);
  const onnx::Value key = graph.add("Transpose", {part(1)}, {{"perm", onnx::Ints{0, 1, 3, 2}}});
  const onnx::Value likeness =
      graph.add("Div", {graph.add("MatMul", {query, key}), std::sqrt(static_cast<double>(each))});
  const onnx::Value weights = graph.add("Softmax", {likeness}, {{"axis", -1}});
  const onnx::Value heard = graph.add("Transpose", {graph.add("MatMul", {weights, value})},
                                      {{"perm", onnx::Ints{0, 2, 1, 3}}});
  return onnx::linear(graph, graph.add("Reshape", {heard, onnx::Ints{0, 0, width}}), merge_weight_,
                      merge_bias_);
}

Tensor sinusoidal_positions(int64_t count, int64_t width) {
  const Tensor result = at::empty({count, width});
  auto* out = result.mutable_data_ptr<float>();
  for (int64_t position = 0; position < count; ++position)
    for (int64_t i = 0; i < width; ++i) {
      const double power = static_cast<double>(i / 2 * 2) / static_cast<double>(width);
      const double angle = static_cast<double>(position) / std::pow(10000.0, power);
      *out++ = static_cast<float>(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  return result;
}

}  // namespace tacit
