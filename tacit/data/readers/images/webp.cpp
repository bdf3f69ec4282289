// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/webp.h"

#include <webp/decode.h>

#include "tacit/core/error.h"
#include "tacit/data/readers/images/blend.h"

namespace tacit {

Picture decode_webp(std::span<const uint8_t> bytes, Colour colour) {
  WebPBitstreamFeatures found;
  require<DataError>(WebPGetFeatures(bytes.data(), bytes.size(), &found) == VP8_STATUS_OK,
                     "it is cut or damaged");
  require<DataError>(found.has_animation == 0, "it is an animation");
  require_picture_size(found.height, found.width);
  std::vector<uint8_t> rgba(4 * static_cast<size_t>(found.height) *
                            static_cast<size_t>(found.width));
  const uint8_t* const done =
      WebPDecodeRGBAInto(bytes.data(), bytes.size(), rgba.data(), rgba.size(), 4 * found.width);
  require<DataError>(done != nullptr, "it is cut or damaged");
  return on_white(rgba, found.height, found.width, colour);
}

}  // namespace tacit
