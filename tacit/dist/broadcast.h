// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "tacit/core/safetensors.h"
#include "tacit/dist/communicator.h"

namespace tacit {

/// Process 0's text, on every process; what the others pass is ignored.
std::string broadcast(const Communicator& world, const std::string& text);

/// Process 0's named tensors and texts, on every process; what the others pass is ignored.
TensorFile broadcast(const Communicator& world, const TensorFile& file);

}  // namespace tacit
