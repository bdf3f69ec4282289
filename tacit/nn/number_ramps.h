// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "tacit/core/spec.h"
#include "tacit/onnx/graph.h"

namespace tacit {

/// Scaled numbers as `bins` ramps that rise from 0 to 1 one after the other over -3 … 3, so that a
/// layer can bend where it needs to: piecewise linear encoding, Gorishniy et al. 2022,
/// arXiv:2203.05556, section 3.2, with fixed knots because scaled numbers lie there. All are 0 for
/// a number that is missing. numbers: [N, n], NaN where missing -> [N, n, bins].
Tensor number_ramps(const Tensor& numbers, int64_t bins);

/// The same in a graph.
onnx::Value emit_number_ramps(onnx::Graph& graph, const onnx::Value& numbers, int64_t bins);

}  // namespace tacit
