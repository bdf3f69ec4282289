// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

#include "tacit/data/readers/images/picture.h"

namespace tacit {

/// Decodes a WebP file, lossy or not; what is transparent lies on white. Throws DataError, without
/// saying which file, where it is cut, damaged or an animation, or has more than kMostPixels.
Picture decode_webp(std::span<const uint8_t> bytes, Colour colour);

}  // namespace tacit
