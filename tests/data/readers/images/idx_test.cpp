// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/idx.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

std::string head(uint32_t kind, const std::vector<uint32_t>& extents) {
  std::string out;
  const auto add = [&](uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
  };
  add(kind);
  for (const uint32_t extent : extents) add(extent);
  return out;
}

class IdxTest : public testing::Test {
 protected:
  void write(const std::string& part) const {
    folder_.write(part + "-images-idx3-ubyte", head(0x803, {2, 2, 3}) + "abcdefghijkl");
    folder_.write(part + "-labels-idx1-ubyte", head(0x801, {2}) + "\x07\x03");
  }
  Images read() const {
    ImageBuilder builder({.colour = Colour::grey}, "");
    read_idx(asked_, builder);
    return builder.finish(asked_.path, Target::category, {});
  }
  std::string said() const {
    return message<DataError>([&] { read(); });
  }
  TemporaryFolder folder_;
  LongFormConfig asked_{.path = folder_.path().string()};
};

TEST_F(IdxTest, HasPixelsAndLabelsOfBothParts) {
  write("t10k");
  write("train");
  EXPECT_TRUE(is_idx(folder_.path()));
  const Images images = read();
  ASSERT_EQ(images.size(), 4);
  EXPECT_EQ(images.spec().shape, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(images.pixels()[1][0][1][2].item<int64_t>(), 'l');
  EXPECT_EQ(images.classes(), (std::vector<std::string>{"3", "7"}));
  EXPECT_EQ(images.label(0), 1);
  EXPECT_EQ(images.origin(0).recording, "t10k");
  EXPECT_EQ(images.origin(3).recording, "train");
  asked_.path = (folder_.path() / "train-images-idx3-ubyte").string();
  EXPECT_EQ(read().size(), 2);
  asked_.label = "";
  EXPECT_TRUE(read().classes().empty());
}

TEST_F(IdxTest, NeedsNoLabels) {
  folder_.write("x-images-idx3-ubyte", head(0x803, {1, 1, 1}) + "a");
  EXPECT_TRUE(read().classes().empty());
}

TEST_F(IdxTest, RefusesWhatIsCutOrDoesNotFit) {
  const std::string whole = head(0x803, {2, 2, 3}) + "abcdefghijkl";
  for (size_t size = 0; size < whole.size(); ++size) {
    folder_.write("x-images-idx3-ubyte", whole.substr(0, size));
    EXPECT_THROW(read(), DataError) << size;
  }
  folder_.write("x-images-idx3-ubyte", whole + "m");
  EXPECT_NE(said().find("promises 12 bytes but 13 follow"), std::string::npos);
  folder_.write("x-images-idx3-ubyte", head(0x803, {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}));
  EXPECT_NE(said().find("promises more than"), std::string::npos);
  write("x");
  folder_.write("x-labels-idx1-ubyte", head(0x801, {1}) + "\x07");
  EXPECT_NE(said().find("has 2 pictures but"), std::string::npos);
}

}  // namespace
}  // namespace tacit
