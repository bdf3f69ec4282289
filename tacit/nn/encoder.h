// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <cstdint>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {

/// Maps rows to feature vectors: the part that outlives pre-training.
class Encoder : public torch::nn::Module {
 public:
  /// x: [N, *spec.shape] -> [N, features()]. In eval mode row n of the result depends on row n only.
  virtual Tensor forward(const Tensor& x) = 0;
  virtual int64_t features() const = 0;
  /// The parameters of the last trainable block, what "last block + head" fine-tuning updates.
  virtual std::vector<Tensor> last_block() = 0;
};

}  // namespace tacit
