// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/frame_scaler.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/data/readers/images/image_files.h"
#include "tests/data/readers/video/video_files.h"

namespace tacit {
namespace {

constexpr int32_t kOne = 1 << 16;

/// Where a matrix puts each pixel of a small picture, pixel by pixel.
Bytes laid(const Picture& picture, int a, int b, int c, int d) {
  const int64_t height = b != 0 ? picture.width : picture.height;
  const int64_t width = b != 0 ? picture.height : picture.width;
  Bytes out(picture.pixels.size());
  for (int64_t q = 0; q < picture.height; ++q)
    for (int64_t p = 0; p < picture.width; ++p) {
      int64_t x = a * p + c * q, y = b * p + d * q;
      if (x < 0 || (x == 0 && a + c < 0)) x += width - 1;
      if (y < 0 || (y == 0 && b + d < 0)) y += height - 1;
      for (int64_t channel = 0; channel < picture.channels; ++channel)
        out[static_cast<size_t>((channel * height + y) * width + x)] =
            picture
                .pixels[static_cast<size_t>((q * picture.width + p) * picture.channels + channel)];
    }
  return out;
}

TEST(FrameScaler, LaysFramesAsTheirMatrixSays) {
  const Picture picture = sample_picture(5, 7);
  const FramePointer frame = new_frame(AV_PIX_FMT_RGB24, 5, 7);
  fill(*frame, picture);
  const int ways[8][4]{{1, 0, 0, 1},  {0, 1, -1, 0}, {-1, 0, 0, -1}, {0, -1, 1, 0},
                       {-1, 0, 0, 1}, {1, 0, 0, -1}, {0, 1, 1, 0},   {0, -1, -1, 0}};
  for (const auto& [a, b, c, d] : ways) {
    const int32_t matrix[9]{a * kOne, b * kOne, 0, c * kOne, d * kOne, 0, 0, 0, 1 << 30};
    FrameScaler scaler({.colour = Colour::rgb});
    EXPECT_EQ(scaler.planes(*frame, upright_by(matrix)), laid(picture, a, b, c, d))
        << a << ' ' << b << ' ' << c << ' ' << d;
    EXPECT_EQ(scaler.shape().height, b == 0 ? 5 : 7);
    EXPECT_EQ(scaler.shape().width, b == 0 ? 7 : 5);
  }
}

TEST(FrameScaler, TakesAnAngleBetweenForTheNearest) {
  const int32_t tilted[9]{5000, kOne, 0, -kOne, 5000, 0, 0, 0, 1 << 30};
  EXPECT_EQ(upright_by(tilted),
            (Upright{.transposed = true, .flips_columns = true, .flips_rows = false}));
  const int32_t none[9]{};
  EXPECT_EQ(upright_by(none), Upright{});
}

TEST(FrameScaler, HasTheMeanOfTheAreaOfAPixel) {
  Picture picture = plain_picture(0, 24, 32);
  for (size_t i = 0; i < picture.pixels.size(); ++i)
    picture.pixels[i] = static_cast<uint8_t>((i * 2654435761U) >> 24);
  FrameScaler scaler({.height = 6, .width = 8, .colour = Colour::grey});
  const Bytes small = scaler.planes(picture);
  ASSERT_EQ(small.size(), 48U);
  for (size_t y = 0; y < 6; ++y)
    for (size_t x = 0; x < 8; ++x) {
      int sum = 0;
      for (size_t dy = 0; dy < 4; ++dy)
        for (size_t dx = 0; dx < 4; ++dx) sum += picture.pixels[(4 * y + dy) * 32 + 4 * x + dx];
      EXPECT_NEAR(small[y * 8 + x], sum / 16.0, 1.5) << x << ' ' << y;
    }
}

/// The grey of a frame of one brightness.
int grey_of_luma(uint8_t luma, AVPixelFormat format, AVColorRange range) {
  const FramePointer frame = new_frame(format, 24, 32);
  fill(*frame, plain_picture(luma));
  frame->color_range = range;
  FrameScaler scaler({.colour = Colour::grey});
  return scaler.planes(*frame, {})[100];
}

TEST(FrameScaler, SpansBlackToWhiteWhateverTheRange) {
  EXPECT_EQ(grey_of_luma(16, AV_PIX_FMT_YUV420P, AVCOL_RANGE_UNSPECIFIED), 0);
  EXPECT_EQ(grey_of_luma(235, AV_PIX_FMT_YUV420P, AVCOL_RANGE_MPEG), 255);
  EXPECT_NEAR(grey_of_luma(126, AV_PIX_FMT_YUV420P, AVCOL_RANGE_MPEG), 128, 1);
  for (const int luma : {0, 16, 100, 235, 255}) {
    const auto value = static_cast<uint8_t>(luma);
    EXPECT_EQ(grey_of_luma(value, AV_PIX_FMT_YUV420P, AVCOL_RANGE_JPEG), luma);
    EXPECT_EQ(grey_of_luma(value, AV_PIX_FMT_YUVJ420P, AVCOL_RANGE_UNSPECIFIED), luma);
    EXPECT_EQ(grey_of_luma(value, AV_PIX_FMT_GRAY8, AVCOL_RANGE_UNSPECIFIED), luma);
  }
}

TEST(FrameScaler, HasTheGreyAndTheColoursOfTheOtherDecoders) {
  const Picture picture = sample_picture(16, 24);
  FrameScaler colour({.colour = Colour::rgb}), grey({.colour = Colour::grey});
  EXPECT_EQ(colour.planes(picture), laid(picture, 1, 0, 0, 1));
  const Bytes greys = grey.planes(picture);
  for (size_t i = 0; i < greys.size(); ++i) {
    const uint8_t* const pixel = picture.pixels.data() + 3 * i;
    EXPECT_NEAR(greys[i], 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2], 1.5);
  }
}

TEST(FrameScaler, BringsLaterFramesToTheSizeOfTheFirst) {
  FrameScaler scaler({.colour = Colour::grey});
  EXPECT_EQ(scaler.planes(plain_picture(9, 10, 20)).size(), 200U);
  const Bytes later = scaler.planes(plain_picture(77, 40, 30));
  EXPECT_EQ(later, Bytes(200, 77));
}

}  // namespace
}  // namespace tacit
