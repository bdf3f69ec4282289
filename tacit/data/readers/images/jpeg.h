// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

#include "tacit/data/readers/images/picture.h"

namespace tacit {

/// Decodes a JPEG file, of YCbCr, grey, CMYK or YCCK (inks on white, without a colour profile), and
/// turns it upright where its EXIF part says how the camera was held. Throws DataError, without
/// saying which file, where it is cut or damaged or has more than kMostPixels.
Picture decode_jpeg(std::span<const uint8_t> bytes, Colour colour);

}  // namespace tacit
