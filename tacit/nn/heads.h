// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {

/// Dense -> ReLU -> Dense, or one Dense layer when hidden is 0.
class MlpHead final : public torch::nn::Module {
 public:
  MlpHead(int64_t features, int64_t hidden, int64_t outputs, const Rng& rng);
  /// x: [N, features] -> [N, outputs].
  Tensor forward(const Tensor& x) const;

 private:
  Tensor hidden_weight_, hidden_bias_;  // [H, D], [H]; undefined without a hidden layer
  Tensor weight_, bias_;                // [K, H], [K]
};

/// One Dense -> ReLU -> Dense head with a single output for each of S tasks, computed together: the
/// hidden layers are one product, the output layers one batched product.
class TaskHeads final : public torch::nn::Module {
 public:
  TaskHeads(int64_t features, int64_t hidden, int64_t tasks, const Rng& rng);
  /// x: [N, features] -> logits [N, tasks].
  Tensor forward(const Tensor& x) const;

 private:
  Tensor hidden_weight_, hidden_bias_;  // [S * H, D], [S * H]
  Tensor weight_, bias_;                // [S, H], [S]
};

}  // namespace tacit
