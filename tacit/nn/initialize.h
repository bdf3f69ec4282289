// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include "tacit/core/rng.h"

namespace tacit {

/// Fills `weight` uniformly in ± sqrt(6 / (fan_in + fan_out)).
/// Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward networks",
/// eq. 16.
void glorot_uniform(at::Tensor& weight, int64_t fan_in, int64_t fan_out, Rng rng);

/// Glorot-uniform weights and zero biases for every parameter of `module`, drawn by name, so that a
/// layer's start does not depend on the layers before it. Parameters of two or more dimensions
/// count as weights [out, in, *].
void initialize(torch::nn::Module& module, const Rng& rng);

}  // namespace tacit
