// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/decode.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(DecodeImage, TellsFormatsByTheirFirstBytes) {
  const Picture picture = sample_picture();
  EXPECT_LE(distance(decode_image(jpeg_file(picture), Colour::rgb), picture), 3);
  EXPECT_EQ(distance(decode_image(png_file(picture), Colour::rgb), picture), 0);
  EXPECT_EQ(distance(decode_image(webp_file(picture), Colour::rgb), picture), 0);
}

TEST(DecodeImage, RefusesWhatIsNone) {
  const auto said = [](const std::string& words) {
    return message<DataError>(
        [&] { decode_image(Bytes(words.begin(), words.end()), Colour::rgb); });
  };
  EXPECT_EQ(said(""), "it is empty");
  EXPECT_EQ(said("these are words"), "it is neither JPEG, PNG nor WebP");
  EXPECT_EQ(said("\xFF\xD8"), "it is neither JPEG, PNG nor WebP");
  EXPECT_EQ(said("\xFF\xD8\xFF\xE0"), "it has no pixels");
  EXPECT_NE(said("\x89PNG\r\n\x1A\n").find("cut or damaged"), std::string::npos);
}

}  // namespace
}  // namespace tacit
