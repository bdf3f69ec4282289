// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/image_crop.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <gtest/gtest.h>

#include <map>

#include "tacit/core/error.h"
#include "tests/transforms/images.h"

namespace tacit {
namespace {

Tensor boxes(const ResizedCropConfig& config, int64_t rows, int64_t height, int64_t width) {
  Rng rng(1);
  return draw_boxes(config, rows, height, width, rng);
}

/// The same boxes for each row.
Tensor box(int64_t rows, int64_t top, int64_t left, int64_t height, int64_t width) {
  return at::tensor({top, left, height, width}, at::kLong).expand({rows, 4});
}

TEST(ResizedCrop, OfTheWholeImageIsTheIdentity) {
  for (const auto& [height, width] : {std::pair<int64_t, int64_t>{32, 32}, {224, 96}, {1, 7}}) {
    const Tensor x = random_images(3, 3, height, width);
    EXPECT_LT(largest_difference(resized_crop(x, box(3, 0, 0, height, width)), x), 1e-5);
  }
}

TEST(ResizedCrop, IsTheBoxCutOutAndEnlarged) {
  const Tensor x = random_images(60, 3, 24, 37);
  const Tensor cut = boxes({}, 60, 24, 37);
  const Tensor y = resized_crop(x, cut);
  for (int64_t row = 0; row < 60; ++row) {
    const auto side = [&](int64_t i) { return cut[row][i].item<int64_t>(); };
    const Tensor part =
        x.narrow(0, row, 1).narrow(2, side(0), side(2)).narrow(3, side(1), side(3)).contiguous();
    const Tensor expected = at::upsample_bilinear2d(part, {24, 37}, /*align_corners=*/false);
    EXPECT_LT(largest_difference(y.narrow(0, row, 1), expected), 1e-5) << cut[row];
  }
}

TEST(ResizedCrop, EnlargesAlongStraightLines) {
  const Tensor x = at::arange(4, at::kFloat).view({1, 1, 1, 4});
  // Two pixels, 1 and 2, over four: a quarter of the way on from one centre to the next, and so on.
  const Tensor expected = at::tensor({1.0F, 1.25F, 1.75F, 2.0F}).view({1, 1, 1, 4});
  EXPECT_LT(largest_difference(resized_crop(x, box(1, 0, 1, 1, 2)), expected), 1e-6);
}

TEST(ResizedCrop, RefusesBoxesThatReachBeyondTheImage) {
  const Tensor x = random_images(2, 1, 5, 6);
  EXPECT_NO_THROW(resized_crop(x, box(2, 1, 1, 4, 5)));
  for (const Tensor& wrong : {box(2, -1, 0, 3, 3), box(2, 0, -1, 3, 3), box(2, 0, 0, 0, 3),
                              box(2, 0, 0, 3, 0), box(2, 2, 0, 4, 3), box(2, 0, 2, 3, 5)})
    EXPECT_THROW(resized_crop(x, wrong), ShapeError) << wrong[0];
  EXPECT_THROW(resized_crop(x, box(3, 0, 0, 3, 3)), ShapeError);
  EXPECT_THROW(resized_crop(x, box(2, 0, 0, 3, 3).to(at::kInt)), ShapeError);
}

TEST(DrawBoxes, AreasRatiosAndPlacesAreUniform) {
  // No box of these is too wide or high, so that none is drawn again.
  const int64_t height = 900, width = 1100;
  const Tensor all = boxes({.scale_low = 0.1, .scale_high = 0.4}, 3000, height, width);
  std::vector<double> areas, ratios, downs, acrosses;
  for (int64_t row = 0; row < 3000; ++row) {
    const int64_t* b = all.const_data_ptr<int64_t>() + 4 * row;
    ASSERT_TRUE(b[0] >= 0 && b[1] >= 0 && b[0] + b[2] <= height && b[1] + b[3] <= width);
    areas.push_back(static_cast<double>(b[2] * b[3]) / static_cast<double>(height * width));
    ratios.push_back(std::log(static_cast<double>(b[3]) / static_cast<double>(b[2])));
    downs.push_back((static_cast<double>(b[0]) + 0.5) / static_cast<double>(height - b[2] + 1));
    acrosses.push_back((static_cast<double>(b[1]) + 0.5) / static_cast<double>(width - b[3] + 1));
  }
  EXPECT_TRUE(looks_uniform(areas, 0.099, 0.401));  // sides are rounded to pixels
  EXPECT_TRUE(looks_uniform(ratios, std::log(0.748), std::log(1.337)));
  EXPECT_TRUE(looks_uniform(downs, 0, 1));
  EXPECT_TRUE(looks_uniform(acrosses, 0, 1));
}

TEST(DrawBoxes, StayInSmallImages) {
  const Tensor x = random_images(500, 1, 3, 8);
  EXPECT_NO_THROW(resized_crop(x, boxes({}, 500, 3, 8)));  // it checks them
}

TEST(DrawBoxes, TakeTheMiddleWhereNothingFits) {
  const ResizedCropConfig wide{.scale_low = 1, .ratio_low = 2, .ratio_high = 2};
  EXPECT_TRUE(at::equal(boxes(wide, 3, 8, 8), box(3, 2, 0, 4, 8)));
  const ResizedCropConfig tall{.scale_low = 1, .ratio_low = 0.5, .ratio_high = 0.5};
  EXPECT_TRUE(at::equal(boxes(tall, 3, 8, 8), box(3, 0, 2, 8, 4)));
  // An image wider than allowed gives its middle, as wide as allowed.
  EXPECT_TRUE(at::equal(boxes({.scale_low = 1}, 3, 12, 40), box(3, 0, 12, 12, 16)));
}

TEST(RandomResizedCrop, CutsTheBoxesThatAreDrawn) {
  const Tensor x = random_images(10, 3, 16, 16);
  const ResizedCropConfig config{.scale_low = 0.3};
  EXPECT_TRUE(
      at::equal(run(random_resized_crop(config), x), resized_crop(x, boxes(config, 10, 16, 16))));
}

/// Of an image with a border of 2 pixels, the value at (y, x) counted from the image's corner.
float bordered(const Tensor& image, CropBorder border, int64_t y, int64_t x) {
  const int64_t height = image.size(0), width = image.size(1);
  if (border == CropBorder::fill) {
    if (y < 0 || x < 0 || y >= height || x >= width) return -7;
  } else {
    y = y < 0 ? -y : y >= height ? 2 * height - 2 - y : y;
    x = x < 0 ? -x : x >= width ? 2 * width - 2 - x : x;
  }
  return image[y][x].item<float>();
}

class RandomCrop : public testing::TestWithParam<CropBorder> {};

TEST_P(RandomCrop, ShowsEveryPlaceOfTheBorderedImageEquallyOften) {
  const int64_t rows = 5000, height = 4, width = 5;
  const Tensor image = at::arange(height * width, at::kFloat).view({height, width});
  std::map<std::vector<float>, int> seen;
  for (int64_t down = -2; down <= 2; ++down)
    for (int64_t across = -2; across <= 2; ++across) {
      std::vector<float> crop;
      for (int64_t y = 0; y < height; ++y)
        for (int64_t x = 0; x < width; ++x)
          crop.push_back(bordered(image, GetParam(), y + down, x + across));
      seen[crop] = 0;
    }
  ASSERT_EQ(seen.size(), 25);
  const Tensor y = run(random_crop({.padding = 2, .border = GetParam(), .fill = -7}),
                       image.expand({rows, 1, height, width}));
  for (int64_t row = 0; row < rows; ++row) {
    const float* values = y.const_data_ptr<float>() + row * height * width;
    const auto found = seen.find({values, values + height * width});
    ASSERT_NE(found, seen.end()) << y[row];
    ++found->second;
  }
  for (const auto& [crop, times] : seen) EXPECT_NEAR(times, 200, 70);  // 5 deviations
}

TEST_P(RandomCrop, MovesAllChannelsTogether) {
  const Tensor x = random_images(50, 1, 6, 6).expand({50, 3, 6, 6});
  const Tensor y = run(random_crop({.padding = 3, .border = GetParam()}), x);
  EXPECT_TRUE(at::equal(y, y.narrow(1, 0, 1).expand_as(y)));
}

TEST_P(RandomCrop, WithoutBorderIsACopy) {
  const Tensor x = random_images(5, 3, 6, 5);
  const Tensor y = run(random_crop({.padding = 0, .border = GetParam()}), x);
  EXPECT_TRUE(at::equal(y, x));
  EXPECT_FALSE(y.is_alias_of(x));
}

INSTANTIATE_TEST_SUITE_P(Borders, RandomCrop,
                         testing::Values(CropBorder::fill, CropBorder::reflect),
                         [](const auto& made) { return enum_name(made.param); });

TEST(RandomCropBorder, RefusesAMirrorDeeperThanTheImage) {
  const Tensor x = random_images(2, 1, 5, 4);
  EXPECT_THROW(run(random_crop({.padding = 4, .border = CropBorder::reflect}), x), ShapeError);
  EXPECT_NO_THROW(run(random_crop({.padding = 9}), x));
}

TEST(HorizontalFlip, ExchangesLeftAndRightAndIsItsOwnInverse) {
  const Tensor x = random_images(3, 3, 4, 5);
  const Tensor y = run(horizontal_flip({.probability = 1}), x);
  for (int64_t column = 0; column < 5; ++column)
    EXPECT_TRUE(at::equal(y.select(3, column), x.select(3, 4 - column)));
  EXPECT_TRUE(at::equal(run(horizontal_flip({.probability = 1}), y), x));
  EXPECT_TRUE(at::equal(run(horizontal_flip({.probability = 0}), x), x));
}

TEST(HorizontalFlip, MirrorsARowOrLeavesIt) {
  const Tensor x = random_images(200, 3, 4, 5);
  const Tensor y = run(horizontal_flip(), x);
  const Tensor same = (y == x).flatten(1).all(1), mirrored = (y == x.flip({3})).flatten(1).all(1);
  EXPECT_TRUE((same != mirrored).all().item<bool>());
}

}  // namespace
}  // namespace tacit
