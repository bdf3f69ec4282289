// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/image_builder.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

Images finish(ImageBuilder& builder) { return builder.finish("here", Target::category, {}); }

TEST(ImageBuilder, KeepsTheOrderOfMoreThanAreDecodedTogether) {
  ImageBuilder builder({}, "");
  constexpr int64_t kCount = 1300;
  for (int64_t i = 0; i < kCount; ++i) {
    const Picture picture{
        .height = 1,
        .width = 2,
        .channels = 3,
        .pixels = {static_cast<uint8_t>(i % 256), static_cast<uint8_t>(i / 256), 0, 1, 2, 3}};
    if (i % 100 == 50)
      builder.add(picture, {.name = std::to_string(i), .label = "raw"});
    else
      builder.add(png_file(picture), {.name = std::to_string(i), .label = "file"});
  }
  const Images images = finish(builder);
  ASSERT_EQ(images.size(), kCount);
  for (int64_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(images.pixels()[i][0][0][0].item<int64_t>(), i % 256);
    EXPECT_EQ(images.pixels()[i][1][0][0].item<int64_t>(), i / 256);
    EXPECT_EQ(images.about(i).name, std::to_string(i));
    EXPECT_EQ(images.label(i), i % 100 == 50 ? 1 : 0);
  }
}

TEST(ImageBuilder, BringsPicturesToOneSizeAndColour) {
  ImageBuilder builder({.size = 8, .colour = Colour::grey}, "");
  builder.add(png_file(sample_picture(16, 24)), {.name = "a"});
  builder.add(sample_picture(8, 8), {.name = "b"});
  const Images images = finish(builder);
  EXPECT_EQ(images.spec().shape, (std::vector<int64_t>{1, 8, 8}));
  ImageBuilder coloured({}, "");
  coloured.add(Picture{.height = 1, .width = 1, .channels = 1, .pixels = {7}}, {.name = "a"});
  EXPECT_EQ(finish(coloured).pixels().sum().item<int64_t>(), 21);
}

TEST(ImageBuilder, RefusesSizesThatDiffer) {
  ImageBuilder builder({}, "");
  builder.add(png_file(sample_picture(16, 24)), {.name = "a.png"});
  builder.add(png_file(sample_picture(16, 20)), {.name = "b.png"});
  const std::string said = message<DataError>([&] { finish(builder); });
  EXPECT_EQ(said,
            "b.png has 20 x 16 pixels but a.png has 24 x 16; set data.images.size to bring them to "
            "one size");
}

TEST(ImageBuilder, RefusesOrSkipsWhatCannotBeDecoded) {
  const std::string words = "these are words";
  const auto add_all = [&](ImageBuilder& builder) {
    builder.add(png_file(sample_picture()), {.name = "a.png"});
    builder.add(Bytes(words.begin(), words.end()), {.name = "b.png"});
    builder.add(Bytes{}, {.name = "c.png"});
  };
  ImageBuilder strict({}, "");
  add_all(strict);
  EXPECT_EQ(message<DataError>([&] { finish(strict); }),
            "b.png: it is neither JPEG, PNG nor WebP; take it away, or set data.images.broken = "
            "\"skip\"");
  ImageBuilder lenient({.broken = Broken::skip}, "");
  add_all(lenient);
  const Images images = finish(lenient);
  EXPECT_EQ(images.size(), 1);
  ASSERT_EQ(images.notes().size(), 1u);
  EXPECT_EQ(images.notes()[0],
            "2 files could not be decoded and were left out: b.png (it is neither JPEG, PNG nor "
            "WebP) …");
  ImageBuilder nothing({.broken = Broken::skip}, "");
  nothing.add(Bytes{}, {.name = "c.png"});
  EXPECT_NE(message<DataError>([&] { finish(nothing); }).find("here holds no picture"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
