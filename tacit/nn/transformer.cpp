// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/transformer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/nn/initialize.h"

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
