// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

#include "tacit/data/readers/images/picture.h"

namespace tacit {

/// Decodes a PNG file of any kind: palette, grey, 1 to 16 bits, interlaced; what is transparent
/// lies on white. Throws DataError, without saying which file, where it is cut or damaged or has
/// more than kMostPixels.
Picture decode_png(std::span<const uint8_t> bytes, Colour colour);

}  // namespace tacit
