// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/number_ramps.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>

namespace tacit {
namespace {

constexpr double kReach = 3;  // of the ramps, in scaled numbers

double per_bin(int64_t bins) { return static_cast<double>(bins) / (2 * kReach); }

}  // namespace

Tensor number_ramps(const Tensor& numbers, int64_t bins) {
  // The first ramp begins at -3, so a missing number that counts as -3 has none.
  const Tensor place = (numbers.nan_to_num(-kReach) + kReach) * per_bin(bins);  // in bins
  return (place.unsqueeze(2) - at::arange(bins, numbers.options())).clamp(0, 1);
}

onnx::Value emit_number_ramps(onnx::Graph& graph, const onnx::Value& numbers, int64_t bins) {
  const onnx::Value low = graph.add("Where", {graph.add("IsNaN", {numbers}), -kReach, numbers});
  const onnx::Value place = graph.add("Mul", {graph.add("Add", {low, kReach}), per_bin(bins)});
  const onnx::Value apart = graph.add(
      "Sub", {graph.add("Unsqueeze", {place, onnx::Ints{2}}), at::arange(bins, at::kFloat)});
  return graph.add("Clip", {apart, 0.0, 1.0});
}

}  // namespace tacit
