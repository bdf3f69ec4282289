// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

namespace tacit {

/// What a JPEG file says in front of its pixels and turbojpeg leaves out.
struct JpegParts {
  /// How the camera was held, 1 to 8 as EXIF 2.3, 4.6.4 has it: 1 upright, 3 upside down, 6 and 8
  /// on its sides; 2, 4, 5 and 7 mirrored.
  int orientation = 1;
  bool has_adobe = false;  ///< a note of Adobe's programs, which store inks turned round
};

/// Goes from part to part up to the pixels; stops where something is not as it should be, which the
/// decoder then says.
JpegParts jpeg_parts(std::span<const uint8_t> bytes);

}  // namespace tacit
