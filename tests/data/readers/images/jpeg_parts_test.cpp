// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/jpeg_parts.h"

#include <gtest/gtest.h>

#include "tests/data/readers/images/image_files.h"

namespace tacit {
namespace {

TEST(JpegParts, SayHowTheCameraWasHeld) {
  const Bytes file = jpeg_file(sample_picture());
  EXPECT_EQ(jpeg_parts(file).orientation, 1);
  for (int orientation = 1; orientation <= 8; ++orientation)
    EXPECT_EQ(jpeg_parts(with_part(file, 0xE1, exif(orientation, false))).orientation, orientation);
}

TEST(JpegParts, AreUprightWhereTheyAreBroken) {
  const Bytes file = jpeg_file(sample_picture());
  for (const int other : {0, 9, 65535})
    EXPECT_EQ(jpeg_parts(with_part(file, 0xE1, exif(other, true))).orientation, 1) << other;
  const std::string whole = exif(6, true);
  for (size_t size = 0; size < whole.size() - 6; ++size)
    EXPECT_EQ(jpeg_parts(with_part(file, 0xE1, whole.substr(0, size))).orientation, 1) << size;
}

TEST(JpegParts, SeeANoteOfAdobe) {
  const Bytes file = jpeg_file(sample_picture());
  EXPECT_FALSE(jpeg_parts(file).has_adobe);
  EXPECT_TRUE(jpeg_parts(with_part(file, 0xEE, "Adobe\x00")).has_adobe);
}

}  // namespace
}  // namespace tacit
