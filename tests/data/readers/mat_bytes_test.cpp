// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_bytes.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/mat_arrays.h"

namespace tacit {
namespace {

class MatBytesTest : public FolderTest {
 protected:
  /// "xxx" and then `content`.
  MatBytes open(const std::string& content, MatBytes::Kind kind) const {
    std::ofstream(folder / "a.mat", std::ios::binary) << "xxx" << content << "behind";
    return {folder / "a.mat", 3, static_cast<int64_t>(content.size()), kind};
  }
};

TEST_F(MatBytesTest, AreTakenAndSkipped) {
  const std::string words(100'000, 'a');
  for (const auto kind : {MatBytes::Kind::plain, MatBytes::Kind::packed}) {
    const std::string content = "begin" + words + "middle" + words + "end";
    MatBytes bytes = open(kind == MatBytes::Kind::plain ? content : zlib_packed(content), kind);
    EXPECT_EQ(bytes.take(5), "begin");
    bytes.skip(100'000);
    EXPECT_EQ(bytes.take(6), "middle");
    EXPECT_EQ(bytes.take(100'001), words + "e");
    EXPECT_EQ(bytes.take(0), "");
    EXPECT_EQ(bytes.take(2), "nd");
    EXPECT_THROW(bytes.take(1), DataError);
    EXPECT_THROW(bytes.skip(1), DataError);
    EXPECT_NO_THROW(bytes.finish());
  }
}

TEST_F(MatBytesTest, AreCheckedToTheEndWherePacked) {
  std::string content = zlib_packed("something to pack");
  EXPECT_NO_THROW(open(content, MatBytes::Kind::packed).finish());
  EXPECT_THROW(open(content.substr(0, content.size() - 1), MatBytes::Kind::packed).finish(),
               DataError);
  content.back() ^= 1;
  EXPECT_THROW(open(content, MatBytes::Kind::packed).finish(), DataError);
  EXPECT_THROW(open("no zlib", MatBytes::Kind::packed).take(1), DataError);
}

TEST_F(MatBytesTest, HaveAFile) {
  open("four", MatBytes::Kind::plain);
  EXPECT_EQ(size_of_file(folder / "a.mat"), 13);
  EXPECT_THROW(size_of_file(folder / "none"), DataError);
  EXPECT_THROW(size_of_file(folder), DataError);
}

}  // namespace
}  // namespace tacit
