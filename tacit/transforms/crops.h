// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {

/// Two stretches of each row that share a part: the last `shared` steps of the first are the same
/// samples as the first `shared` steps of the second.
struct Crops {
  Tensor first;   ///< [N, C, T1]
  Tensor second;  ///< [N, C, T2]
  int64_t shared;
};

/// Random crops of x: [N, C, T], which share `least` steps or more; 1 <= least <= T. Lengths are
/// one draw for all rows of the batch (of all processes), so that the crops are tensors; where the
/// crops of a row lie is its own draw. `rng` moves on. Yue et al. 2022, arXiv:2106.10466, section
/// "Random Cropping"; the lengths are drawn as in the authors' code: what is shared, then how far
/// each crop reaches beyond it, all uniformly. Throws ShapeError for other shapes.
Crops overlapping_crops(const Tensor& x, int64_t least, Rng& rng);

}  // namespace tacit
