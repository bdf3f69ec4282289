// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/pooling.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/cat.h>

#include "tacit/core/error.h"
#include "tacit/kernels/time_pool.h"

namespace tacit {
namespace {

constexpr double kEpsilon = 1e-5;  // keeps the gradient of a deviation of 0 finite

}  // namespace

int64_t statistics(Pooling pooling) {
  switch (pooling) {
    case Pooling::max:
    case Pooling::mean: return 1;
    case Pooling::max_mean: return 2;
    case Pooling::max_mean_std: return 3;
  }
  throw ConfigError("unknown pooling");
}

at::Tensor pool(const at::Tensor& x, Pooling pooling) {
  switch (pooling) {
    case Pooling::max: return x.amax(1);
    case Pooling::mean: return x.mean(1);
    case Pooling::max_mean: return at::cat({x.amax(1), x.mean(1)}, 1);
    case Pooling::max_mean_std: return kernels::max_mean_std(x.contiguous(), kEpsilon);
  }
  throw ConfigError("unknown pooling");
}

void emit_pool(onnx::Graph& graph, const onnx::Value& x, Pooling pooling,
               std::vector<onnx::Operand>& pooled) {
  const auto reduce = [&](const char* op, const onnx::Value& over, int64_t keep) {
    return graph.add(op, {over}, {{"axes", onnx::Ints{2}}, {"keepdims", keep}});
  };
  if (pooling != Pooling::mean) pooled.push_back(reduce("ReduceMax", x, 0));
  if (pooling != Pooling::max) pooled.push_back(reduce("ReduceMean", x, 0));
  if (pooling != Pooling::max_mean_std) return;
  const onnx::Value centred = graph.add("Sub", {x, reduce("ReduceMean", x, 1)});
  const onnx::Value variance = reduce("ReduceMean", graph.add("Mul", {centred, centred}), 0);
  pooled.push_back(graph.add("Sqrt", {graph.add("Add", {variance, kEpsilon})}));
}

}  // namespace tacit
