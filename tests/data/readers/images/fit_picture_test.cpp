// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/fit_picture.h"

#include <gtest/gtest.h>

#include "tests/data/readers/images/image_files.h"

namespace tacit {
namespace {

/// One channel whose pixels tell their column.
Picture columns(int64_t height, int64_t width) {
  Picture picture{.height = height, .width = width, .channels = 1};
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x) picture.pixels.push_back(static_cast<uint8_t>(x));
  return picture;
}

TEST(FitPicture, LeavesOneThatHasTheSize) {
  const Picture picture = sample_picture(8, 8);
  EXPECT_EQ(fit_picture(picture, 8, Fit::crop), planes_of(picture));
  const Picture two{.height = 1, .width = 2, .channels = 3, .pixels = {1, 2, 3, 4, 5, 6}};
  EXPECT_EQ(planes_of(two), (Bytes{1, 4, 2, 5, 3, 6}));
}

TEST(FitPicture, CutsOutTheMiddle) {
  const Bytes middle = fit_picture(columns(4, 10), 4, Fit::crop);
  EXPECT_EQ(Bytes(middle.begin(), middle.begin() + 4), (Bytes{3, 4, 5, 6}));
  const Bytes half = fit_picture(columns(4, 10), 2, Fit::crop);  // 2 x 5, of which the middle two
  ASSERT_EQ(half.size(), 4u);
  EXPECT_NEAR(half[0], 2.5, 0.6);
  EXPECT_NEAR(half[1], 4.5, 0.6);
}

TEST(FitPicture, StretchesTheWhole) {
  const Bytes whole = fit_picture(columns(2, 8), 4, Fit::stretch);
  ASSERT_EQ(whole.size(), 16u);
  EXPECT_NEAR(whole[0], 0.5, 0.6);
  EXPECT_NEAR(whole[3], 6.5, 0.6);
}

/// What is finer than the new pixels is averaged away and not sampled.
TEST(FitPicture, AveragesWhatShrinks) {
  Picture stripes{.height = 64, .width = 64, .channels = 1};
  for (int i = 0; i < 64 * 64; ++i) stripes.pixels.push_back(i % 2 == 0 ? 0 : 255);
  for (const uint8_t value : fit_picture(stripes, 8, Fit::crop)) EXPECT_NEAR(value, 127.5, 5);
}

}  // namespace
}  // namespace tacit
