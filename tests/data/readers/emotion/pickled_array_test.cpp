// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/pickled_array.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/emotion/pickle_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

using Order = PickledArray::Order;

PickledArray array(const std::string& type, const std::string& byte_order,
                   const std::vector<int64_t>& shape, const std::string& bytes,
                   Order order = Order::rows) {
  return {type, byte_order, shape, order, std::make_shared<const std::string>(bytes)};
}

template <class T>
std::string six() {
  return PickleWriter::numbers<T>(std::vector<int>{1, 2, 3, 4, 5, 6});
}

TEST(PickledArray, IsInOrderOfRowsOrColumns) {
  const PickledArray rows = array("f8", "<", {2, 3}, six<double>());
  EXPECT_EQ(rows.rows(), 2);
  EXPECT_EQ(rows.columns(), 3);
  EXPECT_FALSE(rows.is_whole());
  EXPECT_EQ(rows.at(0, 2), 3);
  EXPECT_EQ(rows.at(1, 0), 4);
  const PickledArray columns = array("f8", "<", {2, 3}, six<double>(), Order::columns);
  EXPECT_EQ(columns.at(0, 2), 5);
  EXPECT_EQ(columns.at(1, 0), 2);
}

TEST(PickledArray, HasNumbersOfAllSizes) {
  EXPECT_EQ(array("f4", "<", {6}, six<float>()).at(4, 0), 5);
  EXPECT_EQ(array("i1", "|", {6}, six<int8_t>()).at(4, 0), 5);
  EXPECT_EQ(array("i2", "<", {6}, six<int16_t>()).at(4, 0), 5);
  EXPECT_EQ(array("i4", "<", {6}, six<int32_t>()).at(4, 0), 5);
  EXPECT_EQ(array("i8", "<", {6}, six<int64_t>()).at(4, 0), 5);
  EXPECT_EQ(array("u1", "|", {6}, six<uint8_t>()).at(4, 0), 5);
  EXPECT_EQ(array("u2", "<", {6}, six<uint16_t>()).at(4, 0), 5);
  EXPECT_EQ(array("u4", "<", {6}, six<uint32_t>()).at(4, 0), 5);
  EXPECT_EQ(array("u8", "<", {6}, six<uint64_t>()).at(4, 0), 5);
  EXPECT_EQ(array("b1", "|", {2}, std::string("\0\1", 2)).at(1, 0), 1);
  EXPECT_EQ(array("i2", "<", {1}, "\xFF\xFF").at(0, 0), -1);
  EXPECT_EQ(array("u2", "<", {1}, "\xFF\xFF").at(0, 0), 65535);
  EXPECT_EQ(array("i2", ">", {1}, std::string("\x01\x00", 2)).at(0, 0), 256);
  EXPECT_TRUE(array("i2", "<", {1}, "\xFF\xFF").is_whole());
}

TEST(PickledArray, HasAsManyBytesAsItsShapeSays) {
  const std::string bytes = six<double>();
  for (const std::vector<int64_t>& shape : std::vector<std::vector<int64_t>>{
           {3}, {5}, {7}, {2, 2}, {0, 3}, {-2, -3}, {int64_t{1} << 62, 4}, {6, int64_t{1} << 61}})
    EXPECT_THROW(array("f8", "<", shape, bytes), DataError);
  EXPECT_THROW(array("f8", "<", {1}, "1234567"), DataError);
  EXPECT_THROW(array("f8", "<", {5, 3}, ""), DataError);
  EXPECT_EQ(array("f8", "<", {0, 3}, "").rows(), 0);
  EXPECT_EQ(array("f8", "<", {3, 0}, "").columns(), 0);
}

TEST(PickledArray, IsOfPlainNumbersOfOneOrTwoDimensions) {
  EXPECT_NE(message<DataError>([] { array("O8", "|", {1}, "12345678"); }).find("type |O8"),
            std::string::npos);
  EXPECT_THROW(array("f8", "", {1}, "12345678"), DataError);
  EXPECT_THROW(array("f2", "<", {1}, "12"), DataError);
  EXPECT_NE(message<DataError>([] {
              array("i1", "<", {1, 1, 1}, "1");
            }).find("3 dimensions"),
            std::string::npos);
  EXPECT_THROW(array("i1", "<", {}, "1"), DataError);
}

}  // namespace
}  // namespace tacit
