// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/spec.h"

/// What can be told of clips without a network: rivals, and shortcuts that a score must not be
/// mistaken for.
namespace tacit {

/// A frame in grey, each of 30 x 40 cells the mean of the pixels that it covers, in part where it
/// does so in part; of smaller frames the pixels themselves. Grey is the luma of ITU-R BT.601.
/// x: [N, C, T, H, W], C = 1 or 3; frame: 0 … T-1 -> [N, min(H, 30) min(W, 40)]. Throws ShapeError.
Tensor grey_cells(const Tensor& x, int64_t frame);

/// The mean of each channel over all pixels (and frames, or over time). x: [N, C, *] -> [N, C].
Tensor channel_means(const Tensor& x);

}  // namespace tacit
