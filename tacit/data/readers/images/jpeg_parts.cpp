// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/jpeg_parts.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace tacit {
namespace {

using Bytes = std::span<const uint8_t>;

bool begins_with(Bytes bytes, std::string_view words) {
  return bytes.size() >= words.size() &&
         std::equal(words.begin(), words.end(), bytes.begin(),
                    [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

/// Whole numbers of a TIFF part, in either order of bytes; nothing beyond its end.
class Tiff {
 public:
  explicit Tiff(Bytes bytes) : bytes_(bytes), is_little_(begins_with(bytes, "II")) {}

  bool is_valid() const {
    return (is_little_ || begins_with(bytes_, "MM")) && whole(2, 2) == uint32_t{42};
  }
  std::optional<uint32_t> whole(size_t at, size_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return std::nullopt;
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i)
      value = value << 8 | bytes_[at + (is_little_ ? size - 1 - i : i)];
    return value;
  }

 private:
  Bytes bytes_;
  bool is_little_;
};

/// Of the first list of an EXIF part.
int orientation_in(Bytes part) {
  constexpr uint32_t kOrientation = 0x0112, kShort = 3;
  constexpr size_t kEntry = 12;
  const Tiff tiff(part);
  if (!tiff.is_valid()) return 1;
  const size_t list = tiff.whole(4, 4).value_or(0);
  const uint32_t count = tiff.whole(list, 2).value_or(0);
  for (size_t i = 0; i < count; ++i) {
    const size_t entry = list + 2 + i * kEntry;
    const auto key = tiff.whole(entry, 2), type = tiff.whole(entry + 2, 2);
    if (!key || !type) return 1;
    if (*key != kOrientation || *type != kShort) continue;
    const uint32_t value = tiff.whole(entry + 8, 2).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace

JpegParts jpeg_parts(Bytes bytes) {
  constexpr uint8_t kExif = 0xE1, kAdobe = 0xEE, kPixels = 0xDA;
  constexpr std::string_view kExifName("Exif\0\0", 6);
  JpegParts parts;
  for (size_t at = 2; at + 4 <= bytes.size() && bytes[at] == 0xFF;) {
    const uint8_t kind = bytes[at + 1];
    if (kind == 0xFF) {  // padding
      ++at;
      continue;
    }
    const size_t size = static_cast<size_t>(bytes[at + 2]) << 8 | bytes[at + 3];
    if (kind == kPixels || size < 2 || bytes.size() - at - 2 < size) break;
    const Bytes part = bytes.subspan(at + 4, size - 2);
    if (kind == kExif && begins_with(part, kExifName))
      parts.orientation = orientation_in(part.subspan(kExifName.size()));
    parts.has_adobe = parts.has_adobe || (kind == kAdobe && begins_with(part, "Adobe"));
    at += 2 + size;
  }
  return parts;
}

}  // namespace tacit
