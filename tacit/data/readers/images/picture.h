// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/config.h"

namespace tacit {

/// What a pixel tells.
enum class Colour {
  rgb,  ///< three channels, sRGB
  grey  ///< one
};
inline std::vector<std::string> names(Colour) { return {"rgb", "grey"}; }
inline int64_t channels_of(Colour colour) { return colour == Colour::rgb ? 3 : 1; }

/// A decoded picture: rows of pixels from the top, each from the left, 8 bits a channel.
struct Picture {
  int64_t height = 0, width = 0, channels = 0;
  std::vector<uint8_t> pixels{};  ///< [height, width, channels]
};

/// Decoders refuse what would take more.
inline constexpr int64_t kMostPixels = int64_t{1} << 26;

}  // namespace tacit
