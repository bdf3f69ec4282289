// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "tacit/kernels/conv_forward.h"

namespace tacit::kernels {

/// The backward pass of a chain on x, from what ConvForward::trace left and the gradient of its
/// result: the gradients of x (undefined unless `needs_x`), then of each layer's weight and bias.
std::vector<at::Tensor> conv_backward(const at::Tensor& x, const std::vector<ConvLayer>& layers,
                                      const ConvTrace& trace, const at::Tensor& gradient,
                                      bool needs_x);

}  // namespace tacit::kernels
