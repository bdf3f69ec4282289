// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace tacit::kernels {

/// The largest value, the mean and the standard deviation over time, side by side:
/// x [N, T, C] -> [N, 3 C]. The deviation is sqrt(variance + epsilon) with the variance divided by
/// T, so that its gradient stays finite where nothing changes; epsilon > 0.
///
/// Contiguous float tensors on the CPU take the fast path, all others
/// `reference::max_mean_std`. Differentiable any number of times (from the second derivative on, at
/// the speed of the reference); the bits do not depend on the number of threads. Among equal
/// largest values the first step takes the gradient; the first NaN counts as the largest.
/// Throws ShapeError unless x has three dimensions and a time step.
at::Tensor max_mean_std(const at::Tensor& x, double epsilon);

/// The same in PyTorch operations: what the fast path must agree with.
namespace reference {

at::Tensor max_mean_std(const at::Tensor& x, double epsilon);

}  // namespace reference
}  // namespace tacit::kernels
