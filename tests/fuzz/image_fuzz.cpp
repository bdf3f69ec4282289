// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "tacit/core/error.h"
#include "tacit/data/readers/images/decode.h"

/// Any bytes as a picture: it has as many pixels as it says, or is refused with a DataError.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  for (const tacit::Colour colour : {tacit::Colour::rgb, tacit::Colour::grey}) {
    try {
      const tacit::Picture picture = tacit::decode_image(std::span(data, size), colour);
      const auto pixels = static_cast<size_t>(picture.height * picture.width * picture.channels);
      if (picture.pixels.size() != pixels || pixels == 0) __builtin_trap();
    } catch (const tacit::DataError&) {
      continue;
    }
  }
  return 0;
}
