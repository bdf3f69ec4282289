// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_place.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/mat_files.h"

namespace tacit {
namespace {

class MatPlaceTest : public testing::Test {
 protected:
  MatPlace go(const std::string& path) const {
    return mat_place(*variable, mat_path(path), "a.mat");
  }
  std::string refusal(const std::string& path) const {
    return message_of<DataError>([&] { go(path); });
  }
  const MatVariable variable{
      structure("x", {1, 2}, {"a", "b"},
                {counting_array("", 1, 1),
                 cells("", {2, 2},
                       {counting_array("", 1, 1), counting_array("", 1, 2),
                        counting_array("", 1, 3), counting_array("", 1, 4)}),
                 structure("", {1, 1}, {"c"}, {counting_array("", 2, 1)}), letters("", "words")})};
};

TEST_F(MatPlaceTest, IsFoundStepByStep) {
  EXPECT_EQ(mat_item(go("x")).words(), "a struct array of 1 x 2");
  EXPECT_EQ(mat_item(go("x")).fields, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(mat_item(go("x(2)")).words(), "a struct array of 1 x 1");
  EXPECT_EQ(mat_item(go("x(1).a")).extents(), "1 x 1");
  EXPECT_EQ(mat_item(go("x(2).a.c")).extents(), "2 x 1");
  EXPECT_EQ(mat_item(go("x(2).b")).words(), "a char array of 1 x 5");
  EXPECT_EQ(mat_item(go("x(1).b")).words(), "a cell array of 2 x 2");
  for (int64_t i = 1; i <= 4; ++i)
    EXPECT_EQ(mat_item(go(text("x(1).b{{}}", i))).shape, (std::vector<int64_t>{1, i}));
  EXPECT_EQ(go("x(1).b{3}").name, "a.mat: x(1).b{3}");
}

TEST_F(MatPlaceTest, SaysWhereTheWayEnds) {
  EXPECT_EQ(refusal("x.a"),
            "a.mat: x is a struct array of 1 x 2; choose one of it, (1) to (2), before "
            "its field a");
  EXPECT_EQ(refusal("x(3).a"), "a.mat: x has 2 elements, counted from 1, and no 3");
  EXPECT_EQ(refusal("x(1).c"), "a.mat: x(1) has no field c; there are: a, b");
  EXPECT_EQ(refusal("x(1).b{5}"), "a.mat: x(1).b has 4 cells, counted from 1, and no 5");
  EXPECT_EQ(refusal("x(1).b.a"), "a.mat: x(1).b is a cell array of 2 x 2 and has no field a");
  EXPECT_EQ(refusal("x{1}"), "a.mat: x is a struct array of 1 x 2 and has no cells");
  for (const char* path : {"x(1)(1)", "x(1).a(1)", "x(1).b(1)"})
    EXPECT_NE(refusal(path).find("(1) chooses one of an array of structures"), std::string::npos);
}

TEST_F(MatPlaceTest, NamesTypesAsMatlabDoes) {
  const auto type = [](matio_classes kind, matio_types stored, int flags) {
    const MatVariable value(array<int16_t>("v", kind, stored, {1, 1}, {1, 1, 1, 1}, flags));
    return mat_item({.name = "v", .value = value.get()}).type;
  };
  EXPECT_EQ(type(MAT_C_INT16, MAT_T_INT16, 0), "int16");
  EXPECT_EQ(type(MAT_C_SINGLE, MAT_T_SINGLE, 0), "single");
  EXPECT_EQ(type(MAT_C_UINT64, MAT_T_UINT64, 0), "uint64");
  EXPECT_EQ(type(MAT_C_UINT8, MAT_T_UINT8, MAT_F_LOGICAL), "logical");
}

TEST_F(MatPlaceTest, HasAShapeThatCanBeCounted) {
  const MatVariable value(counting_array("v", 1, 1));
  const MatPlace place{.name = "a.mat: v", .value = value.get()};
  value->dims[0] = value->dims[1] = size_t{1} << 33;
  EXPECT_NE(message_of<DataError>([&] { mat_item(place); }).find("a.mat: v has more"),
            std::string::npos);
  value->dims[0] = size_t{1} << 63;
  EXPECT_THROW(mat_item(place), DataError);
  value->rank = 0;
  EXPECT_EQ(mat_item(place).extents(), "0 x 0");
  value->rank = 2;
}

}  // namespace
}  // namespace tacit
