// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/blend.h"

#include "tacit/core/error.h"

namespace tacit {

void add_pixel(Picture& picture, int red, int green, int blue) {
  if (picture.channels == 1) return picture.pixels.push_back(grey_of(red, green, blue));
  for (const int value : {red, green, blue}) picture.pixels.push_back(static_cast<uint8_t>(value));
}

Picture on_white(std::span<const uint8_t> rgba, int64_t height, int64_t width, Colour colour) {
  Picture picture{.height = height, .width = width, .channels = channels_of(colour)};
  picture.pixels.reserve(static_cast<size_t>(height * width * picture.channels));
  for (size_t at = 0; at < rgba.size(); at += 4) {
    const int opacity = rgba[at + 3];
    const auto blended = [&](size_t channel) {
      return (rgba[at + channel] * opacity + 255 * (255 - opacity) + 127) / 255;
    };
    add_pixel(picture, blended(0), blended(1), blended(2));
  }
  return picture;
}

void require_picture_size(int64_t height, int64_t width) {
  require<DataError>(height > 0 && width > 0, "it has no pixels");
  require<DataError>(height <= kMostPixels / width, "it has {} x {} pixels, and {} are the most",
                     width, height, kMostPixels);
}

}  // namespace tacit
