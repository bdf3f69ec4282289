// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/decode.h"

#include <algorithm>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/data/readers/images/jpeg.h"
#include "tacit/data/readers/images/png.h"
#include "tacit/data/readers/images/webp.h"

namespace tacit {
namespace {

using namespace std::string_view_literals;

bool has(std::span<const uint8_t> bytes, size_t at, std::string_view words) {
  return bytes.size() >= at + words.size() &&
         std::equal(words.begin(), words.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

}  // namespace

Picture decode_image(std::span<const uint8_t> bytes, Colour colour) {
  require<DataError>(!bytes.empty(), "it is empty");
  if (has(bytes, 0, "\xFF\xD8\xFF"sv)) return decode_jpeg(bytes, colour);
  if (has(bytes, 0, "\x89PNG\r\n\x1A\n"sv)) return decode_png(bytes, colour);
  if (has(bytes, 0, "RIFF"sv) && has(bytes, 8, "WEBP"sv)) return decode_webp(bytes, colour);
  throw DataError("it is neither JPEG, PNG nor WebP");
}

}  // namespace tacit
