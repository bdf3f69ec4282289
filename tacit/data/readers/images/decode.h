// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

#include "tacit/data/readers/images/picture.h"

namespace tacit {

/// Decodes a file of JPEG, PNG or WebP, which its first bytes tell, whatever it is called. Throws
/// DataError, without saying which file: for any other, and like decode_jpeg() and its like.
Picture decode_image(std::span<const uint8_t> bytes, Colour colour);

}  // namespace tacit
