// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tacit/onnx/graph.h"

namespace tacit {

/// How a sequence of feature vectors becomes one: statistics over time, side by side.
enum class Pooling { max, mean, max_mean, max_mean_std };
inline std::vector<std::string> names(Pooling) {
  return {"max", "mean", "max_mean", "max_mean_std"};
}

/// How many statistics a pooling puts side by side.
int64_t statistics(Pooling pooling);

/// [N, T, D] -> [N, statistics(pooling) * D].
at::Tensor pool(const at::Tensor& x, Pooling pooling);

/// The same in a graph, for x: [batch, D, T]: each statistic [batch, D] at the end of `pooled`.
void emit_pool(onnx::Graph& graph, const onnx::Value& x, Pooling pooling,
               std::vector<onnx::Operand>& pooled);

}  // namespace tacit
