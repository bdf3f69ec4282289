// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

#include "tacit/dist/communicator.h"

namespace tacit {

/// Adds up over all processes, in place, the gradients of `parameters`, which have them in the same
/// order everywhere, and `values` [K]: laid end to end, in as few messages as can be. The results
/// are the same bits on every process.
void add_up_gradients(const Communicator& world, const std::vector<at::Tensor>& parameters,
                      at::Tensor& values);

}  // namespace tacit
