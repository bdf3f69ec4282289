// SPDX-License-Identifier: Apache-2.0
#include "tacit/onnx/operators.h"

#include <numbers>

#include "tacit/core/error.h"

namespace tacit::onnx {

Value linear(Graph& graph, const Value& x, const Tensor& weight, const Tensor& bias) {
  return graph.add("Add", {graph.add("MatMul", {x, weight.t()}), bias});
}

int64_t element_type(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return 1;
    case at::kLong: return 7;
    case at::kDouble: return 11;
    default: throw StateError(text("ONNX files hold no elements of type {}", at::toString(type)));
  }
}

Value cast(Graph& graph, const Value& x, at::ScalarType to) {
  return graph.add("Cast", {x}, {{"to", element_type(to)}});
}

Value gelu(Graph& graph, const Value& x) {
  const Value erf = graph.add("Erf", {graph.add("Div", {x, std::numbers::sqrt2})});
  return graph.add("Mul", {graph.add("Mul", {x, 0.5}), graph.add("Add", {erf, 1.0})});
}

}  // namespace tacit::onnx
