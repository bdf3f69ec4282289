// SPDX-License-Identifier: Apache-2.0
#include "tacit/report/png.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/data/readers/images/png.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

/// [C, H, W] uint8 whose values differ from place to place.
Tensor picture(int64_t channels, int64_t height, int64_t width) {
  const Tensor x = at::empty({channels, height, width}, at::kByte);
  for (int64_t i = 0; i < x.numel(); ++i)
    x.mutable_data_ptr<uint8_t>()[i] = static_cast<uint8_t>((i * 37 + i * i / 11) % 256);
  return x;
}

/// What our own reader finds in the bytes: [C, H, W] uint8.
Tensor decode(const std::string& bytes, Colour colour) {
  Picture read = decode_png({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, colour);
  return at::from_blob(read.pixels.data(), {read.height, read.width, read.channels}, at::kByte)
      .permute({2, 0, 1})
      .clone();
}

class PngTest : public FolderTest {};

TEST_F(PngTest, BringsBackEachPixel) {
  for (const auto& [height, width] : {std::pair(1, 1), {5, 9}, {64, 33}}) {
    const Tensor colour = picture(3, height, width), grey = picture(1, height, width);
    EXPECT_TRUE(decode(encode_png(colour), Colour::rgb).equal(colour));
    EXPECT_TRUE(decode(encode_png(grey), Colour::grey).equal(grey));
    const Tensor turned = colour.transpose(1, 2);  // not contiguous
    EXPECT_TRUE(decode(encode_png(turned), Colour::rgb).equal(turned));
  }
}

TEST_F(PngTest, IsGreyInTheFileWhereThePictureIs) {
  constexpr size_t kKind = 25;  // of colours, in the first chunk
  EXPECT_EQ(encode_png(picture(1, 4, 4))[kKind], 0);
  EXPECT_EQ(encode_png(picture(3, 4, 4))[kKind], 2);
}

TEST_F(PngTest, WritesTheSameBytesToAFile) {
  const Tensor pixels = picture(3, 7, 8);
  write_png(folder / "a.png", pixels);
  EXPECT_EQ(read_file(folder / "a.png"), encode_png(pixels));
  EXPECT_EQ(encode_png(pixels.clone()), encode_png(pixels));
  EXPECT_THROW(write_png(folder / "none" / "a.png", pixels), StateError);
}

TEST_F(PngTest, RefusesWhatIsNoPicture) {
  for (const Tensor& x : {at::zeros({3, 4}, at::kByte), at::zeros({2, 4, 4}, at::kByte),
                          at::zeros({3, 0, 4}, at::kByte), at::zeros({3, 4, 4})})
    EXPECT_THROW(encode_png(x), ShapeError);
  // Wider than libpng allows.
  EXPECT_NE(message_of<StateError>([] {
              encode_png(at::zeros({1, 1, 2'000'000}, at::kByte));
            }).find("2000000"),
            std::string::npos);
}

TEST(ImageGrid, PutsEachImageInItsPlaceOnWhite) {
  const int64_t height = 3, width = 2;
  for (const int64_t gap : {0, 2})
    for (const int64_t columns : {1, 2, 3, 7}) {
      std::vector<Tensor> all;
      for (int64_t i = 0; i < 5; ++i) all.push_back(picture(3, height, width) / 2 + i * 7);
      const Tensor images = at::stack(all).to(at::kByte), grid = image_grid(images, columns, gap);
      const int64_t rows = (5 + columns - 1) / columns;
      ASSERT_EQ(grid.sizes(), (at::IntArrayRef{3, rows * height + (rows - 1) * gap,
                                               columns * width + (columns - 1) * gap}));
      int64_t white = grid.eq(255).sum().item<int64_t>();
      for (int64_t i = 0; i < 5; ++i) {
        const int64_t top = i / columns * (height + gap), left = i % columns * (width + gap);
        EXPECT_TRUE(grid.slice(1, top, top + height).slice(2, left, left + width).equal(images[i]));
      }
      EXPECT_EQ(white, grid.numel() - images.numel());  // no image holds white itself
    }
}

TEST(ImageGrid, RefusesWhatIsNoSetOfImages) {
  const Tensor images = at::zeros({2, 3, 4, 4}, at::kByte);
  EXPECT_THROW(image_grid(images[0], 1, 0), ShapeError);
  EXPECT_THROW(image_grid(images.to(at::kFloat), 1, 0), ShapeError);
  EXPECT_THROW(image_grid(images.slice(0, 0, 0), 1, 0), ShapeError);
  EXPECT_THROW(image_grid(images, 0, 0), ConfigError);
  EXPECT_THROW(image_grid(images, 1, -1), ConfigError);
}

TEST(ToPixels, GivesBackWhatTheNormaliserTook) {
  const Tensor all = at::arange(256).to(at::kFloat);
  EXPECT_TRUE(to_pixels((all - 127.5) / 127.5).equal(all.to(at::kByte)));
}

TEST(ToPixels, RoundsToTheNearestAndClamps) {
  const auto pixel = [](double level) {  // on the scale of pixels
    return int{to_pixels(at::full({1}, level / 127.5 - 1, at::kDouble)).item<uint8_t>()};
  };
  EXPECT_EQ(pixel(100.4), 100);
  EXPECT_EQ(pixel(100.6), 101);
  EXPECT_EQ(pixel(127.5), 128);  // x = 0
  EXPECT_EQ(pixel(254.6), 255);
  EXPECT_EQ(pixel(300), 255);
  EXPECT_EQ(pixel(-40), 0);
  EXPECT_EQ(pixel(INFINITY), 255);
  EXPECT_EQ(pixel(-INFINITY), 0);
  EXPECT_EQ(pixel(NAN), 128);
  EXPECT_EQ(to_pixels(at::zeros({2, 3, 4})).sizes(), (at::IntArrayRef{2, 3, 4}));
}

}  // namespace
}  // namespace tacit
