// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_element.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/mat_arrays.h"

namespace tacit {
namespace {

// Classes and types; part of the file format.
constexpr uint32_t kCell = 1, kStruct = 2, kChar = 4, kSparse = 5, kDouble = 6, kInt16 = 10,
                   kComplex = 0x800;
constexpr uint32_t kBytes = 1, kShort = 3, kLong = 5, kReal = 9, kUtf8 = 16;

const MatWriter kWriter;

std::string doubles(size_t count) { return kWriter.element(kReal, std::string(8 * count, '\1')); }
std::string one_double() { return kWriter.array(kDouble, {1, 1}, "", doubles(1)); }

class MatElementTest : public FolderTest {
 protected:
  MatChecked check(const std::string& array, MatDepth depth = MatDepth::whole,
                   bool is_packed = false, bool is_swapped = false) const {
    const std::string content = is_packed ? zlib_packed(array) : array.substr(8);
    std::ofstream(folder / "a.mat", std::ios::binary) << content;
    return check_mat_element(folder / "a.mat",
                             {.begin = 0,
                              .bytes = static_cast<int64_t>(content.size()),
                              .is_packed = is_packed,
                              .is_swapped = is_swapped},
                             depth);
  }
  void expect_refused(const std::string& array) const {
    for (const bool is_packed : {false, true}) {
      const std::string said =
          message_of<DataError>([&] { check(array, MatDepth::whole, is_packed); });
      EXPECT_TRUE(said.starts_with((folder / "a.mat: ").string())) << said;
    }
  }
};

TEST_F(MatElementTest, HasANameWhereItsSizesFit) {
  const std::string fields =
      kWriter.small(kLong, kWriter.number(2)) + kWriter.element(kBytes, std::string("a\0b\0", 4));
  for (const std::string& array :
       {kWriter.array(kDouble, {2, 3}, "x", doubles(6)),
        kWriter.array(kDouble | kComplex, {2, 3}, "x", doubles(6) + doubles(6)),
        kWriter.array(kInt16, {1, 2}, "x", kWriter.small(kShort, "abcd")),
        kWriter.array(kDouble, {1, 3}, "x", kWriter.small(kBytes, "abc")),
        kWriter.array(kDouble, {0, 5}, "x", ""), kWriter.array(kDouble, {0, 5}, "x", doubles(0)),
        kWriter.array(kChar, {1, 3}, "x",
                      kWriter.element(kUtf8,
                                      "\xE2\x82\xAC"
                                      "ab")),
        kWriter.array(kChar, {1, 3}, "x", kWriter.element(kUtf8, "")),
        kWriter.array(kCell, {1, 2}, "x", one_double() + kWriter.element(14, "")),
        kWriter.array(kStruct, {1, 2}, "x",
                      fields + one_double() + one_double() + one_double() + one_double()),
        kWriter.array(
            kSparse, {9, 9}, "x",
            kWriter.element(kLong, "1234") + kWriter.element(kLong, "1234") + doubles(1))})
    for (const bool is_packed : {false, true}) {
      const MatChecked checked = check(array, MatDepth::whole, is_packed);
      EXPECT_EQ(checked.name, "x");
      EXPECT_TRUE(checked.is_whole);
    }
}

TEST_F(MatElementTest, MayHaveTheOtherOrderOfBytes) {
  const MatWriter swapped{.is_swapped = true};
  const std::string array = swapped.array(
      kCell, {1, 1}, "x", swapped.array(kInt16, {1, 2}, "", swapped.small(kShort, "abcd")));
  EXPECT_EQ(check(array, MatDepth::whole, false, true).name, "x");
  EXPECT_THROW(check(array), DataError);
}

TEST_F(MatElementTest, IsLookedAtNoFurtherThanAskedFor) {
  const std::string bad = kWriter.array(kDouble, {9, 9}, "x", doubles(1));
  EXPECT_EQ(check(bad, MatDepth::header).name, "x");
  EXPECT_FALSE(check(bad, MatDepth::header).is_whole);
  EXPECT_FALSE(check(bad, MatDepth::header, true).is_whole);
  expect_refused(bad);
  const std::string cell = kWriter.array(kCell, {1, 1}, "x", one_double());
  EXPECT_TRUE(check(cell, MatDepth::header).is_whole);
  EXPECT_THROW(check(kWriter.array(kCell, {1, 1}, "x", bad), MatDepth::header), DataError);
}

TEST_F(MatElementTest, IsRefusedWhereASizePromisesMoreThanThereIs) {
  constexpr uint32_t kHuge = 0x7FFFFFFF;
  expect_refused(kWriter.array(kDouble, {kHuge, kHuge}, "x", doubles(6)));
  expect_refused(kWriter.array(kDouble, {kHuge, kHuge, kHuge, kHuge}, "x", doubles(6)));
  expect_refused(kWriter.array(kDouble, {0xFFFFFFFF, 1}, "x", doubles(6)));
  expect_refused(kWriter.array(kDouble, {2, 3}, "x", doubles(5)));
  expect_refused(kWriter.array(kDouble, {2, 3}, "x", ""));
  expect_refused(kWriter.array(kDouble | kComplex, {2, 3}, "x", doubles(6)));
  expect_refused(kWriter.array(kDouble, {2, 3}, "x", kWriter.element(99, std::string(48, 'a'))));
  expect_refused(kWriter.array(kChar, {1, 3}, "x", kWriter.element(kUtf8, "ab")));
  expect_refused(kWriter.array(kCell, {kHuge, 1}, "x", one_double()));
  expect_refused(kWriter.array(kCell, {2, 1}, "x", one_double()));
  expect_refused(kWriter.array(kCell, {1, 1}, "x", doubles(1)));
  expect_refused(kWriter.array(kSparse, {9, 9}, "x", kWriter.number(kLong) + kWriter.number(99)));
  expect_refused(kWriter.array(kSparse, {9, 9}, "x", kWriter.element(99, "1234")));
  expect_refused(kWriter.array(99, {1, 1}, "x", doubles(1)));
  expect_refused(kWriter.array(kDouble, std::vector<uint32_t>(33, 1), "x", doubles(1)));
  expect_refused(kWriter.array(kDouble, {1}, "x", doubles(1)));
  expect_refused(kWriter.array(kDouble, {1, 1}, std::string(5000, 'x'), doubles(1)));
  expect_refused(kWriter.element(14, kWriter.element(5, "12345678")));
}

TEST_F(MatElementTest, IsRefusedWhereACellIsLongerThanTheCells) {
  std::string array = kWriter.array(kCell, {1, 1}, "x", one_double());
  EXPECT_EQ(check(array, MatDepth::whole, true).name, "x");
  array.replace(4, 4, kWriter.number(uint32_at(array, 4, false) - 8));
  EXPECT_THROW(check(array, MatDepth::whole, true), DataError);
}

TEST_F(MatElementTest, IsRefusedWhereACellHasALongName) {
  const auto cell = [](const std::string& inner) {
    return kWriter.array(kCell, {1, 1}, "x", inner);
  };
  const std::string heading = kWriter.element(6, kWriter.numbers({kDouble, 0})) +
                              kWriter.element(5, kWriter.numbers({1, 1}));
  EXPECT_NO_THROW(
      check(cell(kWriter.element(14, heading + kWriter.small(kBytes, "abcd") + doubles(1)))));
  const std::string bad = cell(kWriter.array(kDouble, {1, 1}, "ab\xB5", doubles(1)));
  EXPECT_NE(message_of<DataError>([&] { check(bad); }).find("\"ab\xC2\xB5\""), std::string::npos);
}

TEST_F(MatElementTest, MayBeAnObjectThatOnlyMatlabKnows) {
  const auto object = [](const std::string& kind) {
    return kWriter.element(14, kWriter.element(6, kWriter.numbers({17, 0})) +
                                   kWriter.small(kBytes, "x") + kWriter.small(kBytes, "MCOS") +
                                   kind + one_double());
  };
  EXPECT_EQ(check(object(kWriter.element(kBytes, "string"))).name, "x");
  expect_refused(object(kWriter.element(kShort, "string")));
  expect_refused(object(kWriter.number(kBytes) + kWriter.number(0x534F434D)));
}

TEST_F(MatElementTest, IsRefusedWhereFieldsDoNotFit) {
  const auto fields = [](uint32_t length, const std::string& names) {
    return kWriter.array(kStruct, {1, 1}, "x",
                         kWriter.small(kLong, kWriter.number(length)) +
                             kWriter.element(kBytes, names) + one_double());
  };
  EXPECT_EQ(check(fields(2, std::string("a\0", 2))).name, "x");
  expect_refused(fields(0, "a"));
  expect_refused(fields(3, "a"));
  expect_refused(fields(1, "ab"));
  expect_refused(fields(0xFFFFFFFF, "a"));
}

TEST_F(MatElementTest, IsRefusedWhereItIsTooDeep) {
  std::string array = one_double();
  for (int level = 0; level < 31; ++level) array = kWriter.array(kCell, {1, 1}, "", array);
  EXPECT_NO_THROW(check(array));
  array = kWriter.array(kCell, {1, 1}, "", array);
  EXPECT_NE(message_of<DataError>([&] { check(array); }).find("32 deep"), std::string::npos);
}

TEST_F(MatElementTest, IsRefusedWhereItsChecksumIsWrong) {
  const std::string array = kWriter.array(kDouble, {2, 3}, "x", doubles(6));
  std::string content = zlib_packed(array);
  content.back() ^= 1;
  std::ofstream(folder / "a.mat", std::ios::binary) << content;
  const MatElement element{.bytes = static_cast<int64_t>(content.size()), .is_packed = true};
  EXPECT_THROW(check_mat_element(folder / "a.mat", element, MatDepth::whole), DataError);
}

}  // namespace
}  // namespace tacit
