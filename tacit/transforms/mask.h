// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/config.h"
#include "tacit/transforms/transform.h"

namespace tacit {

struct MaskConfig {
  double share = 0.3;  ///< of the window's length
};
template <class Visitor>
void describe(Visitor& visit, MaskConfig& config) {
  visit("share", config.share, "length of the hidden stretch, as a share of the window",
        between(0, 1));
}

/// Zeroes all channels in one stretch of each row, uniformly placed. x: [N, C, T]. Throws
/// ShapeError otherwise.
Transform mask_stretch(const MaskConfig& config = {});

}  // namespace tacit
