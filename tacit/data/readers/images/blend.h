// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

#include "tacit/data/readers/images/picture.h"

namespace tacit {

/// Luma of ITU-R BT.601, as JPEG and most programs have it.
inline uint8_t grey_of(int red, int green, int blue) {
  return static_cast<uint8_t>((19595 * red + 38470 * green + 7471 * blue + (1 << 15)) >> 16);
}

/// Adds a pixel, in the picture's colour. Values are 0 … 255.
void add_pixel(Picture& picture, int red, int green, int blue);

/// Pixels of red, green, blue and opacity, 8 bits each, laid on white.
Picture on_white(std::span<const uint8_t> rgba, int64_t height, int64_t width, Colour colour);

/// Throws DataError where a picture of this size is none, or has more than kMostPixels.
void require_picture_size(int64_t height, int64_t width);

}  // namespace tacit
