// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/webp.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"

namespace tacit {
namespace {

TEST(DecodeWebp, HasThePixelsThatWereWritten) {
  const Picture picture = sample_picture();
  EXPECT_EQ(distance(decode_webp(webp_file(picture), Colour::rgb), picture), 0);
  EXPECT_EQ(decode_webp(webp_file(picture), Colour::grey).channels, 1);
}

TEST(DecodeWebp, LaysWhatIsTransparentOnWhite) {
  const Picture picture{
      .height = 1, .width = 2, .channels = 4, .pixels = {100, 0, 50, 255, 100, 0, 50, 0}};
  EXPECT_EQ(decode_webp(webp_file(picture, true), Colour::rgb).pixels,
            (Bytes{100, 0, 50, 255, 255, 255}));
}

TEST(DecodeWebp, RefusesWhatIsCutAnywhere) {
  const Bytes whole = webp_file(sample_picture());
  for (size_t size = 0; size + 1 < whole.size(); ++size) {
    const std::span<const uint8_t> cut(whole.data(), size);
    EXPECT_THROW(decode_webp(cut, Colour::rgb), DataError) << size;
  }
}

TEST(DecodeWebp, OutlastsAnyChangedByte) {
  const Bytes whole = webp_file(sample_picture());
  for (size_t at = 0; at < whole.size(); ++at)
    for (const int by : {1, 128, 255}) {
      Bytes changed = whole;
      changed[at] = static_cast<uint8_t>(changed[at] ^ by);
      try {
        decode_webp(changed, Colour::rgb);
      } catch (const DataError&) {
      }
    }
}

}  // namespace
}  // namespace tacit
