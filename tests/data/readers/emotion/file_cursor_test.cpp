// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/file_cursor.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(FileCursor, ReadsNumbersTheLowestByteFirst) {
  const TemporaryFolder folder;
  FileCursor bytes(folder.write("a", std::string("\x07\x34\x12\x01\x00\x00\x80\xBF\xFF", 9)));
  EXPECT_EQ(bytes.byte(), 7);
  EXPECT_EQ(bytes.whole(2), 0x1234u);
  bytes.skip(1);
  EXPECT_EQ(bytes.whole(1), 0u);
  EXPECT_EQ(bytes.take(3), std::string("\x00\x80\xBF", 3));
  EXPECT_EQ(bytes.byte(), 0xFF);
  FileCursor floats(folder.write("b", std::string("\x00\x00\x80\xBF", 4)));
  EXPECT_EQ(floats.real(), -1.0F);
}

TEST(FileCursor, TakesAndSkipsMoreThanItsBufferHolds) {
  const TemporaryFolder folder;
  std::string content;
  for (int i = 0; i < 300'000; ++i) content += static_cast<char>(i % 251);
  FileCursor bytes(folder.write("a", content));
  EXPECT_EQ(bytes.byte(), 0);
  EXPECT_EQ(bytes.take(150'000), content.substr(1, 150'000));
  bytes.skip(120'000);
  EXPECT_EQ(bytes.whole(2), uint64_t{270'001 % 251 + 256 * (270'002 % 251)});
}

TEST(FileCursor, SaysWhereTheFileEnds) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a", "abc");
  const auto said = [&](const auto& use) {
    return message<DataError>([&] {
      FileCursor bytes(file);
      bytes.byte();
      use(bytes);
    });
  };
  const std::string wanted = file + ": byte 3: the file ends early; it is cut";
  EXPECT_EQ(said([](FileCursor& bytes) { bytes.take(3); }), wanted);
  EXPECT_EQ(said([](FileCursor& bytes) { bytes.take(uint64_t{1} << 60); }), wanted);
  EXPECT_EQ(said([](FileCursor& bytes) { bytes.skip(3); }), wanted);
  EXPECT_EQ(said([](FileCursor& bytes) { bytes.whole(4); }), wanted);
  EXPECT_THROW(FileCursor(folder.path() / "none"), DataError);
}

}  // namespace
}  // namespace tacit
