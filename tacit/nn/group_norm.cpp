// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/group_norm.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

namespace tacit {

onnx::Value emit_group_norm(onnx::Graph& graph, const onnx::Value& h, const Tensor& gain,
                            const Tensor& shift, const EmittedGroupNorm& norm) {
  const onnx::Value grouped = graph.add("Reshape", {h, onnx::Ints{0, norm.groups, -1}});
  const onnx::Value normal = graph.add("InstanceNormalization",
                                       {grouped, at::ones({norm.groups}), at::zeros({norm.groups})},
                                       {{"epsilon", norm.epsilon}});
  const onnx::Value back = graph.add("Reshape", {normal, graph.add("Shape", {h})});
  std::vector<int64_t> column(static_cast<size_t>(norm.dimensions) - 1, 1);
  column[0] = gain.size(0);
  return graph.add("Add", {graph.add("Mul", {back, gain.view(column)}), shift.view(column)});
}

}  // namespace tacit
