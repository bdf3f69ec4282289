// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/blend.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"

namespace tacit {
namespace {

TEST(Blend, LaysPixelsOnWhite) {
  const std::vector<uint8_t> rgba{10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 102};
  const Picture picture = on_white(rgba, 1, 3, Colour::rgb);
  EXPECT_EQ(picture.pixels, (std::vector<uint8_t>{10, 20, 30, 255, 255, 255, 153, 153, 153}));
  EXPECT_EQ(on_white(rgba, 1, 3, Colour::grey).pixels, (std::vector<uint8_t>{18, 255, 153}));
}

TEST(Blend, GreyIsLuma) {
  EXPECT_EQ(grey_of(255, 255, 255), 255);
  EXPECT_EQ(grey_of(0, 0, 0), 0);
  for (int i = 0; i < 255; i += 7)
    EXPECT_NEAR(grey_of(i, 255 - i, i / 2), 0.299 * i + 0.587 * (255 - i) + 0.114 * (i / 2), 0.51);
}

TEST(Blend, BoundsPictures) {
  EXPECT_NO_THROW(require_picture_size(8192, 8192));
  EXPECT_THROW(require_picture_size(8192, 8193), DataError);
  EXPECT_THROW(require_picture_size(0, 5), DataError);
  EXPECT_THROW(require_picture_size(int64_t{1} << 31, int64_t{1} << 31), DataError);
}

}  // namespace
}  // namespace tacit
