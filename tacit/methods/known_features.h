// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/spec.h"
#include "tacit/dist/communicator.h"

/// What methods share that predict known features of a clean window from a disturbed copy, after
/// PASE (Pascual et al. 2019, arXiv:1904.03416).
namespace tacit {

/// Features as targets: mean 0 and deviation 1 over the rows of all processes, so that each weighs
/// the same; one that is equal in all rows becomes 0. x: [N, F].
Tensor standardize_over_rows(const Tensor& x, const Communicator& world);

}  // namespace tacit
