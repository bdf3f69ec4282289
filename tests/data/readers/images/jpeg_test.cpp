// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/jpeg.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"

namespace tacit {
namespace {

TEST(DecodeJpeg, HasThePixelsThatWereWritten) {
  const Picture picture = sample_picture();
  const Picture read = decode_jpeg(jpeg_file(picture), Colour::rgb);
  EXPECT_EQ(read.channels, 3);
  EXPECT_LE(distance(read, picture), 3);
  const Picture grey = decode_jpeg(jpeg_file(picture), Colour::grey);
  ASSERT_EQ(grey.channels, 1);
  const double expected =
      0.299 * picture.pixels[0] + 0.587 * picture.pixels[1] + 0.114 * picture.pixels[2];
  EXPECT_NEAR(grey.pixels[0], expected, 3);
}

TEST(DecodeJpeg, OfGreyHasEqualChannels) {
  Picture grey{.height = 2, .width = 2, .channels = 1, .pixels = {10, 80, 160, 250}};
  const Picture read = decode_jpeg(jpeg_file(grey, TJPF_GRAY, TJSAMP_GRAY), Colour::rgb);
  ASSERT_EQ(read.pixels.size(), 12u);
  EXPECT_EQ(read.pixels[3], read.pixels[5]);
  EXPECT_NEAR(read.pixels[3], 80, 2);
}

/// As stored, rows from the top; upright, the same corner is at another place.
TEST(DecodeJpeg, IsUprightHoweverTheCameraWasHeld) {
  const Picture picture = sample_picture();
  const Bytes file = jpeg_file(picture);
  const Picture stored = decode_jpeg(file, Colour::rgb);
  const auto at = [](const Picture& from, int64_t y, int64_t x) {
    return std::vector<uint8_t>(from.pixels.begin() + (y * from.width + x) * 3,
                                from.pixels.begin() + (y * from.width + x) * 3 + 3);
  };
  const int64_t bottom = 15, right = 23;
  // Where the stored top left and top right corners are seen: {y, x} each.
  const std::vector<std::array<int64_t, 4>> corners{
      {0, 0, 0, right},           {0, right, 0, 0}, {bottom, right, bottom, 0},
      {bottom, 0, bottom, right}, {0, 0, right, 0}, {0, bottom, right, bottom},
      {right, bottom, 0, bottom}, {right, 0, 0, 0}};
  for (int orientation = 1; orientation <= 8; ++orientation)
    for (const bool is_little : {true, false}) {
      const Picture seen =
          decode_jpeg(with_part(file, 0xE1, exif(orientation, is_little)), Colour::rgb);
      const auto& [y0, x0, y1, x1] = corners[static_cast<size_t>(orientation - 1)];
      ASSERT_EQ(seen.height, orientation < 5 ? 16 : 24) << orientation;
      EXPECT_EQ(at(seen, y0, x0), at(stored, 0, 0)) << orientation;
      EXPECT_EQ(at(seen, y1, x1), at(stored, 0, right)) << orientation;
    }
}

TEST(DecodeJpeg, LaysInksOnWhite) {
  Picture inks{.height = 8, .width = 8, .channels = 4};
  for (int i = 0; i < 64; ++i)
    inks.pixels.insert(inks.pixels.end(), {0, 255, 255, 0});  // full magenta and yellow: red
  const Bytes plain = jpeg_file(inks, TJPF_CMYK);
  const bool is_adobe = std::search(plain.begin(), plain.end(), std::begin("Adobe"),
                                    std::end("Adobe") - 1) != plain.end();
  const Picture read = decode_jpeg(plain, Colour::rgb);
  const Bytes red{255, 0, 0}, turned{0, 0, 0};
  for (size_t channel = 0; channel < 3; ++channel)
    EXPECT_NEAR(read.pixels[channel], (is_adobe ? turned : red)[channel], 3);
}

TEST(DecodeJpeg, RefusesWhatIsCutAnywhere) {
  const Bytes whole = jpeg_file(sample_picture());
  for (size_t size = 0; size < whole.size() - 2; ++size) {
    const std::span<const uint8_t> cut(whole.data(), size);
    EXPECT_THROW(decode_jpeg(cut, Colour::rgb), DataError) << size;
  }
}

TEST(DecodeJpeg, OutlastsAnyChangedByte) {
  const Bytes whole = with_part(jpeg_file(sample_picture()), 0xE1, exif(6, true));
  for (size_t at = 0; at < whole.size(); ++at)
    for (const int by : {1, 128, 255}) {
      Bytes changed = whole;
      changed[at] = static_cast<uint8_t>(changed[at] ^ by);
      try {
        decode_jpeg(changed, Colour::rgb);
      } catch (const DataError&) {
      }
    }
}

}  // namespace
}  // namespace tacit
