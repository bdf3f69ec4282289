// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tacit::kernels {

/// Convolution over time without padding, then ReLU:
/// y[n, t] = max(weight * x[n, stride t .. stride t + k) + bias, 0).
/// x: [N, T, C], channels last; weight: [O, C, k], as torch::nn::Conv1d keeps it; bias: [O];
/// result: [N, T', O] with T' = (T - k) / stride + 1.
/// T >= k >= 1, stride >= 1. Contiguous float tensors on the CPU take the fast path, all others
/// `reference::temporal_conv_relu`. Differentiable in x, weight and bias, any number of times (from
/// the second derivative on, at the speed of the reference). NaN propagates as in PyTorch. The
/// result and the gradients do not depend on the number of threads.
/// Throws ShapeError if the shapes do not fit.
at::Tensor temporal_conv_relu(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                              int64_t stride);

/// The largest value over time of `temporal_conv_relu`, without keeping the sequence in memory.
/// Shapes and ranges as above; result: [N, O].
/// Among equal values the first time step is the one that receives the gradient; the first NaN
/// counts as the largest value. Terms of the other time steps are not formed at all in the backward
/// pass, so there a NaN or infinity reaches the gradients only through the chosen step.
/// Throws ShapeError if the shapes do not fit.
at::Tensor temporal_conv_relu_global_max(const at::Tensor& x, const at::Tensor& weight,
                                         const at::Tensor& bias, int64_t stride);

/// The same functions in PyTorch operations: what the fast path must agree with.
namespace reference {

at::Tensor temporal_conv_relu(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                              int64_t stride);
at::Tensor temporal_conv_relu_global_max(const at::Tensor& x, const at::Tensor& weight,
                                         const at::Tensor& bias, int64_t stride);

}  // namespace reference
}  // namespace tacit::kernels
