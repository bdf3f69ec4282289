// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tacit::kernels {

/// Inverted dropout: each element is zeroed with this probability, in 0 … 1 (exclusive), and the
/// others are divided by 1 - probability. Which ones is a function of (seed, element number) alone,
/// computed again in the backward pass instead of being stored; thread counts do not matter. x: any
/// contiguous float CPU tensor; other tensors go through at::dropout and LibTorch's own generator.
at::Tensor dropout(const at::Tensor& x, double probability, uint64_t seed);

}  // namespace tacit::kernels
