// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/conv_gru.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <span>
#include <vector>

#include "tacit/core/error.h"

namespace tacit {
namespace {

using Vectors = std::vector<std::vector<double>>;

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Vectors of length 1 at right angles, by Gram and Schmidt, twice for the last digits.
Vectors at_right_angles(size_t count, size_t width, Rng& rng) {
  Vectors all(count, std::vector<double>(width));
  for (size_t index = 0; index < count; ++index) {
    std::vector<double>& own = all[index];
    for (double& value : own) value = rng.normal();
    for (int pass = 0; pass < 2; ++pass)
      for (size_t before = 0; before < index; ++before) {
        const double along = dot(own, all[before]);
        for (size_t i = 0; i < width; ++i) own[i] -= along * all[before][i];
      }
    const double length = std::sqrt(dot(own, own));
    for (double& value : own) value /= length;
  }
  return all;
}

}  // namespace

void orthogonal(Tensor& weight, Rng rng) {
  const auto rows = static_cast<size_t>(weight.size(0));
  const size_t columns = static_cast<size_t>(weight.numel()) / rows;
  const bool wide = rows <= columns;
  const Vectors drawn =
      wide ? at_right_angles(rows, columns, rng) : at_right_angles(columns, rows, rng);
  auto* values = weight.mutable_data_ptr<float>();
  for (size_t row = 0; row < rows; ++row)
    for (size_t column = 0; column < columns; ++column)
      *values++ = static_cast<float>(wide ? drawn[row][column] : drawn[column][row]);
}

ConvGru::ConvGru(const ConvGruShape& shape, const Rng& rng) : hidden_(shape.hidden) {
  const auto [inputs, hidden, kernel] = shape;
  require<ConfigError>(kernel > 0 && kernel % 2 == 1,
                       "the kernel of a recurrent unit must be odd, not {}", kernel);
  const auto weight = [&](const std::string& name, int64_t gates) {
    return register_parameter(name, at::empty({gates * hidden, inputs + hidden, kernel, kernel}));
  };
  gates_weight_ = weight("gates_weight", 2);
  gates_bias_ = register_parameter("gates_bias", at::zeros({2 * hidden}));
  change_weight_ = weight("change_weight", 1);
  change_bias_ = register_parameter("change_bias", at::zeros({hidden}));
  const c10::AutoGradMode no_grad(false);
  Tensor update = gates_weight_.narrow(0, 0, hidden),
         reset = gates_weight_.narrow(0, hidden, hidden);
  orthogonal(update, rng.stream("update"));
  orthogonal(reset, rng.stream("reset"));
  orthogonal(change_weight_, rng.stream("change"));
}

Tensor ConvGru::start(const Tensor& x) const {
  return at::zeros({x.size(0), hidden_, x.size(2), x.size(3)}, x.options());
}

Tensor ConvGru::step(const Tensor& x, const Tensor& state) const {
  const int64_t padding = gates_weight_.size(2) / 2;
  const auto gates =
      at::sigmoid(at::conv2d(at::cat({x, state}, 1), gates_weight_, gates_bias_, 1, padding))
          .chunk(2, 1);
  const Tensor kept = gates[1] * state;
  const Tensor change =
      at::tanh(at::conv2d(at::cat({x, kept}, 1), change_weight_, change_bias_, 1, padding));
  return state + gates[0] * (change - state);
}

Tensor ConvGru::forward(const Tensor& x) const {
  std::vector<Tensor> states;
  Tensor state = start(x.select(1, 0));
  for (int64_t time = 0; time < x.size(1); ++time)
    states.push_back(state = step(x.select(1, time), state));
  return at::stack(states, 1);
}

}  // namespace tacit
