// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/examples.h"

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/data/table.h"
#include "tacit/data/windows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(Origin, OverlapsWhatSharesASampleOfItsPiece) {
  const Origin mine{.subject = "a", .recording = "r", .piece = 1, .begin = 10, .end = 20};
  const auto at = [](int64_t piece, int64_t begin, int64_t end) {
    return Origin{.subject = "b", .recording = "r", .piece = piece, .begin = begin, .end = end};
  };
  EXPECT_TRUE(mine.overlaps(mine));
  EXPECT_TRUE(mine.overlaps(at(1, 19, 30)));
  EXPECT_TRUE(mine.overlaps(at(1, 0, 11)));
  EXPECT_TRUE(mine.overlaps(at(1, 12, 13)));
  EXPECT_FALSE(mine.overlaps(at(1, 20, 30)));
  EXPECT_FALSE(mine.overlaps(at(1, 0, 10)));
  EXPECT_FALSE(mine.overlaps(at(2, 10, 20)));
}

TEST(LabelsOf, FollowTheRowsAskedFor) {
  const Table table({{"x"}}, at::zeros({4, 1}), {1, -1, 0, 2}, {"a", "b", "c"});
  EXPECT_TRUE(labels_of(table, std::vector<int64_t>{3, 1, 1, 0})
                  .equal(at::tensor(std::vector<int64_t>{2, -1, -1, 1}, at::kLong)));
  EXPECT_EQ(labels_of(table, {}).sizes(), (std::vector<int64_t>{0}));
}

TEST(Windows, SayWhereTheyWereCut) {
  const SignalWindows data(people(2), {.length = {20}});  // begins 0 10 20 30 | 50 …
  const Origin origin = data.origin(1);
  EXPECT_EQ(origin.subject, "1");
  EXPECT_EQ(origin.recording, "r1");
  EXPECT_EQ(origin.begin, 10);
  EXPECT_EQ(origin.end, 30);
  EXPECT_TRUE(origin.overlaps(data.origin(0)));
  EXPECT_FALSE(data.origin(0).overlaps(data.origin(2)));
  const Origin last = data.origin(data.size() - 1);
  EXPECT_EQ(last.subject, "2");
  EXPECT_NE(last.piece, origin.piece);
}

TEST(LabelsOf, AreNumbersWhereLabelsAre) {
  const float none = std::numeric_limits<float>::quiet_NaN();
  const Table table = Table::of_numbers({{"x"}}, at::zeros({3, 1}), {2.5F, none, -1});
  const Tensor y = labels_of(table, std::vector<int64_t>{2, 1, 0});
  EXPECT_EQ(y.scalar_type(), at::kFloat);
  EXPECT_TRUE(y.nan_to_num(7).equal(at::tensor({-1.F, 7.F, 2.5F})));
  EXPECT_EQ(labels_of(table, {}).scalar_type(), at::kFloat);
}

TEST(HasLabel, IsTrueOfAClassAndOfANumber) {
  const Table classes({{"x"}}, at::zeros({2, 1}), {-1, 0}, {"a"});
  EXPECT_FALSE(has_label(classes, 0));
  EXPECT_TRUE(has_label(classes, 1));
  EXPECT_TRUE(std::isnan(classes.number(1)));
  const Table numbers = Table::of_numbers({{"x"}}, at::zeros({2, 1}), {NAN, -1});
  EXPECT_FALSE(has_label(numbers, 0));
  EXPECT_TRUE(has_label(numbers, 1));
  EXPECT_EQ(numbers.label(1), -1);
}

}  // namespace
}  // namespace tacit
