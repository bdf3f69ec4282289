// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_outline.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/mat_arrays.h"

namespace tacit {
namespace {

using Format = MatOutline::Format;

class MatOutlineTest : public FolderTest {
 protected:
  MatOutline outline(const std::string& bytes) const {
    std::ofstream(folder / "a.mat", std::ios::binary) << bytes;
    return mat_outline(folder / "a.mat");
  }
  std::string refusal(const std::string& bytes) const {
    return message_of<DataError>([&] { outline(bytes); });
  }
};

/// A variable of format 4 of 2 x 3 numbers.
std::string mat4(const MatWriter& writer, uint32_t type, size_t bytes, uint32_t is_complex = 0) {
  return writer.numbers({type, 2, 3, is_complex, 4}) + std::string("val\0", 4) +
         std::string(bytes, '\1');
}

TEST_F(MatOutlineTest, FindsVariablesInBothOrdersOfBytes) {
  for (const bool is_swapped : {false, true}) {
    const MatWriter writer{.is_swapped = is_swapped};
    const std::string first = writer.element(14, std::string(24, 'a'));
    // What is packed ends where it ends.
    const std::string second = writer.number(15) + writer.number(3) + "abc";
    const MatOutline found = outline(writer.header() + first + second + first);
    EXPECT_EQ(found.format, Format::mat5);
    EXPECT_EQ(found.is_swapped, is_swapped);
    ASSERT_EQ(found.elements.size(), 3U);
    EXPECT_EQ(found.elements[0].begin, 136);
    EXPECT_EQ(found.elements[0].bytes, 24);
    EXPECT_FALSE(found.elements[0].is_packed);
    EXPECT_EQ(found.elements[1].begin, 168);
    EXPECT_EQ(found.elements[1].bytes, 3);
    EXPECT_TRUE(found.elements[1].is_packed);
    EXPECT_EQ(found.elements[2].begin, 179);
    EXPECT_EQ(found.elements[2].is_swapped, is_swapped);
  }
}

TEST_F(MatOutlineTest, TellsFormatsApart) {
  const MatWriter writer, swapped{.is_swapped = true};
  EXPECT_EQ(outline(writer.header(2) + "anything").format, Format::hdf5);
  EXPECT_EQ(outline(mat4(writer, 0, 48)).format, Format::mat4);
  EXPECT_EQ(outline(mat4(swapped, 1000, 48)).format, Format::mat4);
  for (const std::string& none :
       {std::string("time,ecg\n1,2\n"), std::string(300, 'x'), std::string(1, '\0'),
        writer.header(3), writer.header(1).substr(0, 126) + "ZZ"})
    EXPECT_NE(refusal(none).find("no file of MATLAB"), std::string::npos);
  EXPECT_NE(refusal("").find("empty"), std::string::npos);
}

TEST_F(MatOutlineTest, FitsFormat4ToItsNumbers) {
  const MatWriter writer;
  const std::vector<std::pair<uint32_t, size_t>> types{{0, 48},  {10, 24}, {20, 24}, {30, 12},
                                                       {40, 12}, {50, 6},  {51, 6},  {1, 48}};
  for (const auto& [type, bytes] : types) {
    EXPECT_NO_THROW(outline(mat4(writer, type, bytes))) << type;
    EXPECT_NO_THROW(outline(mat4(writer, type, bytes) + mat4(writer, 0, 48))) << type;
    EXPECT_NO_THROW(outline(mat4(writer, type, 2 * bytes, 1))) << type;
    EXPECT_NE(refusal(mat4(writer, type, bytes - 1)).find("ends early"), std::string::npos);
    EXPECT_NE(refusal(mat4(writer, type, bytes + 1)).find("ends early"), std::string::npos);
  }
  for (const uint32_t type : {60U, 5U, 100U, 2000U, 0xFFFFFFFFU})
    EXPECT_NE(refusal(mat4(writer, type, 48)), "") << type;
  // As matio, which goes by the type, takes it: with a name of 64 megabytes.
  EXPECT_NE(refusal(mat4({.is_swapped = true}, 0, 48)), "");
  EXPECT_NE(refusal(writer.numbers({0, 0x7FFFFFFF, 0x7FFFFFFF, 1, 4}) + "val"), "");
  EXPECT_NE(refusal(writer.numbers({0, 2, 3, 0, 0xFFFFFFFF}) + "val"), "");
}

TEST_F(MatOutlineTest, IsRefusedWhereTheFileIsCutWithinAVariable) {
  const MatWriter writer;
  const std::string one = writer.element(14, std::string(24, 'a')),
                    whole = writer.header() + one + one;
  for (size_t length = 0; length < whole.size(); ++length) {
    if (length == 128 || length == 128 + one.size())
      EXPECT_EQ(outline(whole.substr(0, length)).elements.size(), (length - 128) / one.size());
    else
      EXPECT_NE(refusal(whole.substr(0, length)), "") << length;
  }
  EXPECT_NE(refusal(writer.header() + writer.element(13, "12345678")).find("no variable"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
