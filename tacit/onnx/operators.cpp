// SPDX-License-Identifier: Apache-2.0
#include "tacit/onnx/operators.h"

#include <numbers>

namespace tacit::onnx {

Value linear(Graph& graph, const Value& x, const Tensor& weight, const Tensor& bias) {
  return graph.add("Add", {graph.add("MatMul", {x, weight.t()}), bias});
}

Value gelu(Graph& graph, const Value& x) {
  const Value erf = graph.add("Erf", {graph.add("Div", {x, std::numbers::sqrt2})});
  return graph.add("Mul", {graph.add("Mul", {x, 0.5}), graph.add("Add", {erf, 1.0})});
}

}  // namespace tacit::onnx
