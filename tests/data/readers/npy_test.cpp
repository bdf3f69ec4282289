// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/npy.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/npy_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class NpyTest : public testing::Test {
 protected:
  NpyArray read(const std::string& content) const {
    return NpyArray(folder.write("a.npy", content));
  }
  std::string refusal(const std::string& content) const {
    return message<DataError>([&] { read(content); });
  }
  TemporaryFolder folder;
};

TEST_F(NpyTest, ReadsEveryTypeAndVersion) {
  for (const int version : {1, 2, 3}) {
    const NpyArray floats =
        read(npy("<f4", "2, 3", bytes_of<float>({0, 1, 2, 3, 4, -5.5F}), version));
    EXPECT_EQ(floats.shape(), (std::vector<int64_t>{2, 3}));
    EXPECT_EQ(floats.number(5), -5.5);
    EXPECT_TRUE(floats.is_float32());
  }
  EXPECT_EQ(read(npy("<f8", "1,", bytes_of<double>({0.1}))).number(0), 0.1);
  EXPECT_EQ(read(npy("|i1", "1,", bytes_of<int8_t>({-3}))).number(0), -3);
  EXPECT_EQ(read(npy("|u1", "1,", bytes_of<uint8_t>({200}))).number(0), 200);
  EXPECT_EQ(read(npy("<i2", "1,", bytes_of<int16_t>({-300}))).number(0), -300);
  EXPECT_EQ(read(npy("<u4", "1,", bytes_of<uint32_t>({4000000000U}))).word(0), "4000000000");
  EXPECT_EQ(read(npy("<i8", "2,", bytes_of<int64_t>({7, -9}))).word(1), "-9");
  EXPECT_EQ(read(npy("<f8", "1,", bytes_of<double>({12}))).word(0), "12");
  const NpyArray words =
      read(npy("<U4", "2,", bytes_of<uint32_t>({'s', 'i', 't', 0, 'g', 0xE9, 0x1F600, 0})));
  EXPECT_EQ(words.word(0), "sit");
  EXPECT_EQ(words.word(1), "g\xC3\xA9\xF0\x9F\x98\x80");
}

TEST_F(NpyTest, RefusesHostileHeadersByName) {
  const std::string good = npy("<f4", "2,", bytes_of<float>({1, 2}));
  EXPECT_NE(refusal("PK\3\4 not an array"), "");
  EXPECT_NE(refusal(npy("<f4", "2,", "", 4)).find("version 4"), std::string::npos);
  EXPECT_NE(refusal(good.substr(0, good.size() - 1)).find("ends early"), std::string::npos);
  EXPECT_NE(refusal(npy("<f4", "2,", bytes_of<float>({1, 2}), 1, "True")).find("Fortran"),
            std::string::npos);
  EXPECT_NE(refusal(npy("|O", "1,", "cos\nsystem")).find("never read"), std::string::npos);
  EXPECT_NE(refusal(npy(">f4", "1,", "1234")).find(">f4"), std::string::npos);
  EXPECT_NE(refusal(npy("<f4", "9223372036854775807, 9223372036854775807", "")).find("too large"),
            std::string::npos);
  EXPECT_NE(refusal(npy("<f4", "-1,", "")).find("shape"), std::string::npos);
  EXPECT_NE(refusal(npy("<f4", "1, 1, 1, 1, 1, 1, 1, 1, 1", "1234")).find("shape"),
            std::string::npos);
  std::string long_header = good;
  long_header[8] = '\xFF', long_header[9] = '\xFF';
  EXPECT_NE(refusal(long_header).find("header"), std::string::npos);
  EXPECT_NE(refusal("").find("empty"), std::string::npos);
}

TEST_F(NpyTest, EndsEveryTruncationInASentence) {
  const std::string good = npy("<f8", "3, 1", bytes_of<double>({1, 2, 3}), 2);
  for (size_t length = 0; length < good.size(); ++length)
    EXPECT_NE(refusal(good.substr(0, length)), "") << length;
}

TEST_F(NpyTest, RefusesNamesThatAreNone) {
  EXPECT_THROW(read(npy("<f4", "1,", bytes_of<float>({1.5F}))).word(0), DataError);
  EXPECT_THROW(read(npy("<U1", "1,", bytes_of<uint32_t>({0xD800}))).word(0), DataError);
  EXPECT_THROW(read(npy("<U1", "1,", bytes_of<uint32_t>({'a'}))).number(0), DataError);
}

}  // namespace
}  // namespace tacit
