// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <cstdint>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {
namespace onnx {
class Graph;
struct Value;
}  // namespace onnx

/// Maps rows to feature vectors: the part that outlives pre-training.
class Encoder : public torch::nn::Module {
 public:
  /// x: [N, *spec.shape] -> [N, features()]. In eval mode row n of the result depends on row n
  /// only.
  virtual Tensor forward(const Tensor& x) = 0;
  virtual int64_t features() const = 0;
  /// The parameters of the last trainable block, what "last block + head" fine-tuning updates.
  virtual std::vector<Tensor> last_block() = 0;
  /// Adds to `graph` what forward() does in eval mode. x: [batch, *spec.shape] -> [batch,
  /// features()].
  virtual onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const = 0;
};

}  // namespace tacit
