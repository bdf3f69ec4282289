// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/onnx/graph.h"

/// What several blocks need and opset 17 has no single operator for.
namespace tacit::onnx {

/// A dense layer over the last dimension, of any rank. x: [..., I], weight: [O, I] as at::linear
/// keeps it, bias: [O] -> [..., O].
Value linear(Graph& graph, const Value& x, const Tensor& weight, const Tensor& bias);

/// ONNX's number for a type of elements: float32, float64 or int64. Throws StateError for others.
int64_t element_type(at::ScalarType type);

/// x as another type of elements; fractions of numbers that become whole are cut off.
Value cast(Graph& graph, const Value& x, at::ScalarType to);

/// x Φ(x) with the normal distribution's Φ, exactly: Hendrycks & Gimpel 2016, arXiv:1606.08415.
Value gelu(Graph& graph, const Value& x);

}  // namespace tacit::onnx
