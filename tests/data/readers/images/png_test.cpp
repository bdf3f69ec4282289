// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/png.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"

namespace tacit {
namespace {

TEST(DecodePng, HasThePixelsThatWereWritten) {
  const Picture picture = sample_picture();
  EXPECT_EQ(distance(decode_png(png_file(picture), Colour::rgb), picture), 0);
  EXPECT_EQ(distance(decode_png(deep_png_file(picture), Colour::rgb), picture), 0);
}

TEST(DecodePng, ReadsGreyAndPalettes) {
  const Picture grey{.height = 1, .width = 3, .channels = 1, .pixels = {0, 100, 255}};
  EXPECT_EQ(decode_png(png_file(grey, PNG_FORMAT_GRAY), Colour::grey).pixels, grey.pixels);
  EXPECT_EQ(decode_png(png_file(grey, PNG_FORMAT_GRAY), Colour::rgb).pixels,
            (Bytes{0, 0, 0, 100, 100, 100, 255, 255, 255}));
  const Picture numbers{.height = 1, .width = 3, .channels = 1, .pixels = {1, 0, 1}};
  const Bytes palette{10, 20, 30, 200, 210, 220};
  EXPECT_EQ(decode_png(png_file(numbers, PNG_FORMAT_RGB_COLORMAP, palette), Colour::rgb).pixels,
            (Bytes{200, 210, 220, 10, 20, 30, 200, 210, 220}));
}

TEST(DecodePng, LaysWhatIsTransparentOnWhite) {
  const Picture picture{.height = 1,
                        .width = 3,
                        .channels = 4,
                        .pixels = {100, 0, 50, 255, 100, 0, 50, 0, 0, 0, 0, 51}};
  EXPECT_EQ(decode_png(png_file(picture, PNG_FORMAT_RGBA), Colour::rgb).pixels,
            (Bytes{100, 0, 50, 255, 255, 255, 204, 204, 204}));
}

TEST(DecodePng, RefusesWhatIsCutAnywhere) {
  const Bytes whole = png_file(sample_picture());
  constexpr size_t kEnd = 12;  // the last part holds nothing
  for (size_t size = 0; size < whole.size() - kEnd; ++size) {
    const std::span<const uint8_t> cut(whole.data(), size);
    EXPECT_THROW(decode_png(cut, Colour::rgb), DataError) << size;
  }
}

TEST(DecodePng, OutlastsAnyChangedByte) {
  const Bytes whole = png_file(sample_picture());
  for (size_t at = 0; at < whole.size(); ++at)
    for (const int by : {1, 128, 255}) {
      Bytes changed = whole;
      changed[at] = static_cast<uint8_t>(changed[at] ^ by);
      try {
        decode_png(changed, Colour::rgb);
      } catch (const DataError&) {
      }
    }
}

}  // namespace
}  // namespace tacit
