// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/jpeg.h"

#include <turbojpeg.h>

#include <memory>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/data/readers/images/blend.h"
#include "tacit/data/readers/images/jpeg_parts.h"

namespace tacit {
namespace {

struct Destroy {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Decoder = std::unique_ptr<void, Destroy>;

/// A warning of what cannot be seen is none; all others mean pixels that were made up.
void require_done(const Decoder& decoder, int failed) {
  if (failed == 0) return;
  const std::string_view why = tjGetErrorStr2(decoder.get());
  if (tjGetErrorCode(decoder.get()) == TJERR_WARNING &&
      why.find("extraneous bytes") != std::string_view::npos)
    return;
  throw DataError(text("it is cut or damaged: {}", why));
}

/// Light that comes back from four inks on white paper.
Picture without_inks(const std::vector<uint8_t>& inks, bool is_turned, const Picture& size) {
  Picture picture = size;
  for (size_t at = 0; at < inks.size(); at += 4) {
    const auto light = [&](size_t ink) {
      return is_turned ? inks[at + ink] : 255 - inks[at + ink];
    };
    const auto seen = [&](size_t ink) { return (light(ink) * light(3) + 127) / 255; };
    add_pixel(picture, seen(0), seen(1), seen(2));
  }
  return picture;
}

Picture upright(const Picture& held, int orientation) {
  if (orientation == 1) return held;
  const bool is_on_its_side = orientation >= 5;
  Picture picture{.height = is_on_its_side ? held.width : held.height,
                  .width = is_on_its_side ? held.height : held.width,
                  .channels = held.channels};
  picture.pixels.reserve(held.pixels.size());
  for (int64_t y = 0; y < picture.height; ++y)
    for (int64_t x = 0; x < picture.width; ++x) {
      int64_t from_y = is_on_its_side ? x : y, from_x = is_on_its_side ? y : x;
      const bool from_bottom =
          orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
      const bool from_right =
          orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
      if (from_bottom) from_y = held.height - 1 - from_y;
      if (from_right) from_x = held.width - 1 - from_x;
      const auto first = held.pixels.begin() + (from_y * held.width + from_x) * held.channels;
      picture.pixels.insert(picture.pixels.end(), first, first + held.channels);
    }
  return picture;
}

}  // namespace

Picture decode_jpeg(std::span<const uint8_t> bytes, Colour colour) {
  const Decoder decoder(tjInitDecompress());
  int width = 0, height = 0, sampling = 0, space = 0;
  require_done(decoder, tjDecompressHeader3(decoder.get(), bytes.data(), bytes.size(), &width,
                                            &height, &sampling, &space));
  require_picture_size(height, width);
  const bool has_inks = space == TJCS_CMYK || space == TJCS_YCCK;
  const int format = has_inks ? TJPF_CMYK : colour == Colour::rgb ? TJPF_RGB : TJPF_GRAY;
  std::vector<uint8_t> pixels(static_cast<size_t>(height) * static_cast<size_t>(width) *
                              static_cast<size_t>(tjPixelSize[format]));
  require_done(decoder, tjDecompress2(decoder.get(), bytes.data(), bytes.size(), pixels.data(),
                                      width, 0, height, format, TJFLAG_ACCURATEDCT));
  const JpegParts parts = jpeg_parts(bytes);
  Picture picture{.height = height, .width = width, .channels = channels_of(colour)};
  if (has_inks)
    picture = without_inks(pixels, parts.has_adobe, picture);
  else
    picture.pixels = std::move(pixels);
  return upright(picture, parts.orientation);
}

}  // namespace tacit
