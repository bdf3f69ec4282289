// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/label_subsets.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "tacit/core/config.h"

namespace tacit {
namespace {

/// 60 rows: class r % 4 - 1, so a quarter has no label.
Tensor labels() { return at::arange(60, at::kLong).remainder(4).sub(1); }

LabelCount count(int64_t value) { return {.count = value}; }

TEST(LabelSubsets, DrawTheCountOfEachClassWithoutRepetition) {
  const LabelDraw draw = draw_labels(labels(), count(5), Rng(1));
  std::map<int64_t, int64_t> found;
  for (const int64_t row : draw.rows) ++found[row % 4 - 1];
  EXPECT_EQ(found, (std::map<int64_t, int64_t>{{0, 5}, {1, 5}, {2, 5}}));
  EXPECT_EQ(std::set(draw.rows.begin(), draw.rows.end()).size(), 15u);
  EXPECT_TRUE(std::ranges::is_sorted(draw.rows));
  EXPECT_TRUE(draw.short_classes.empty());
}

TEST(LabelSubsets, AreNested) {
  std::vector<int64_t> fewer;
  for (const int64_t n : {1, 2, 5, 10, 15}) {
    const std::vector<int64_t> more = draw_labels(labels(), count(n), Rng(9)).rows;
    EXPECT_TRUE(std::ranges::includes(more, fewer)) << n;
    fewer = more;
  }
  EXPECT_EQ(draw_labels(labels(), {.all = true}, Rng(9)).rows, fewer);
}

TEST(LabelSubsets, AreDecidedByTheRng) {
  EXPECT_EQ(draw_labels(labels(), count(5), Rng(1)).rows,
            draw_labels(labels(), count(5), Rng(1)).rows);
  EXPECT_NE(draw_labels(labels(), count(5), Rng(1)).rows,
            draw_labels(labels(), count(5), Rng(2)).rows);
}

TEST(LabelSubsets, OfAClassDoNotDependOnTheOthers) {
  Tensor fewer_classes = labels();
  fewer_classes.masked_fill_(fewer_classes.eq(0), -1);
  std::vector<int64_t> expected = draw_labels(labels(), count(5), Rng(1)).rows;
  std::erase_if(expected, [](int64_t row) { return row % 4 - 1 == 0; });
  EXPECT_EQ(draw_labels(fewer_classes, count(5), Rng(1)).rows, expected);
}

TEST(LabelSubsets, ReportClassesThatAreShort) {
  const LabelDraw draw = draw_labels(at::tensor({7, 7, 7, 3, -1}, at::kLong), count(2), Rng(1));
  EXPECT_EQ(draw.rows.size(), 3u);
  ASSERT_EQ(draw.short_classes.size(), 1u);
  EXPECT_EQ(draw.short_classes[0].label, 3);
  EXPECT_EQ(draw.short_classes[0].rows, 1);
}

LabelCount share(double percent) { return {.percent = percent}; }

TEST(LabelSubsets, DrawSharesOfEachClass) {
  const Tensor y = at::tensor(std::vector<int64_t>(300, 0)).clone();
  y.slice(0, 200).fill_(1);  // 200 of class 0, 100 of class 1
  const LabelDraw draw = draw_labels(y, share(2.5), Rng(1));
  const auto of_class_0 = std::ranges::count_if(draw.rows, [](int64_t row) { return row < 200; });
  EXPECT_EQ(of_class_0, 5);
  EXPECT_EQ(draw.rows.size(), 5u + 3u);  // 2.5 is rounded
  EXPECT_TRUE(draw.short_classes.empty());
  EXPECT_EQ(draw_labels(y, share(100), Rng(1)).rows, draw_labels(y, {.all = true}, Rng(1)).rows);
}

TEST(LabelSubsets, OfTinySharesHoldOneOfEachClass) {
  EXPECT_EQ(share(0.001).of(500), 1);
  EXPECT_EQ(draw_labels(labels(), share(0.001), Rng(1)).rows.size(), 3u);
}

TEST(LabelSubsets, OfSharesAreNestedWithCounts) {
  std::vector<int64_t> fewer;
  for (const LabelCount& more :
       {count(1), share(20), count(4), share(50), count(10), share(90), {.all = true}}) {
    const std::vector<int64_t> rows = draw_labels(labels(), more, Rng(9)).rows;
    EXPECT_TRUE(std::ranges::includes(rows, fewer)) << more.print();
    EXPECT_GT(rows.size(), fewer.size()) << more.print();
    fewer = rows;
  }
}

struct Recipe {
  std::vector<LabelCount> labels;
};
template <class Visitor>
void describe(Visitor& visit, Recipe& recipe) {
  visit("labels", recipe.labels, "of each class");
}

TEST(LabelSubsets, CountsAreNumbersSharesOrAll) {
  Recipe recipe;
  const Json json = Json::parse(R"({"labels": [2, 5, "1%", "12.5%", "100%", "all"]})");
  read_config(recipe, json);
  EXPECT_EQ(recipe.labels,
            (std::vector<LabelCount>{
                count(2), count(5), share(1), share(12.5), share(100), {.all = true}}));
  EXPECT_EQ(write_config(recipe), json);
  for (const char* wrong : {"0", "-1", "1.5", "\"most\"", "true", "null", "\"0%\"", "\"-1%\"",
                            "\"101%\"", "\"%\"", "\"1\"", "\"1 %\"", "\"1%%\"", "\"nan%\""})
    EXPECT_THROW(LabelCount::read(Json::parse(wrong), "labels[0]"), ConfigError) << wrong;
}

TEST(LabelSubsets, OfNumbersCountRowsInAll) {
  Tensor y = at::arange(60, at::kFloat);
  y.slice(0, 0, 20).fill_(std::nanf(""));
  const LabelDraw draw = draw_labels(y, count(10), Rng(1));
  EXPECT_EQ(draw.rows.size(), 10u);
  EXPECT_GE(draw.rows.front(), 20);
  EXPECT_TRUE(draw.short_classes.empty());
  EXPECT_TRUE(std::ranges::includes(draw_labels(y, count(30), Rng(1)).rows, draw.rows));
  EXPECT_EQ(draw_labels(y, share(10), Rng(1)).rows.size(), 4u);
  EXPECT_EQ(draw_labels(y, {.all = true}, Rng(1)).rows.size(), 40u);
  ASSERT_EQ(draw_labels(y, count(50), Rng(1)).short_classes.size(), 1u);
  EXPECT_EQ(draw_labels(y, count(50), Rng(1)).short_classes[0].rows, 40);
}

}  // namespace
}  // namespace tacit
