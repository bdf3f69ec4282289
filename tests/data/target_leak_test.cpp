// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/target_leak.h"

#include <gtest/gtest.h>

#include <functional>

namespace tacit {
namespace {

ColumnGuess column(ColumnKind kind, int rows, const std::function<double(int)>& value) {
  ColumnGuess guess{.name = "c", .kind = kind};
  for (int row = 0; row < rows; ++row) guess.cells.push_back(std::bit_cast<uint64_t>(value(row)));
  return guess;
}

bool tells(ColumnKind kind, const std::function<double(int)>& value, int rows = 200) {
  return tells_label(column(kind, rows, value),
                     column(ColumnKind::categorical, rows, [](int row) { return row % 2; }));
}

TEST(TargetLeak, IsAValueThatComesWithOneLabelOnly) {
  EXPECT_TRUE(tells(ColumnKind::categorical, [](int row) { return row % 2 + 7; }));
  EXPECT_TRUE(tells(ColumnKind::categorical, [](int row) { return row % 6; }));
  EXPECT_FALSE(tells(ColumnKind::categorical, [](int row) { return row % 3; }));
  EXPECT_FALSE(tells(ColumnKind::categorical, [](int row) { return row == 4 ? 1 : row % 2; }));
  EXPECT_FALSE(tells(ColumnKind::categorical, [](int row) { return row; }));
}

TEST(TargetLeak, IsANumberThatOneThresholdCuts) {
  const auto income = [](int row) { return row % 2 == 0 ? row : 5000 + row; };
  EXPECT_TRUE(tells(ColumnKind::numeric, income));
  EXPECT_FALSE(tells(ColumnKind::categorical, income));
  EXPECT_FALSE(tells(ColumnKind::numeric, [&](int row) { return row == 8 ? 9000 : income(row); }));
  EXPECT_FALSE(tells(ColumnKind::numeric, [&](int row) { return row < 2 ? 300 : income(row); }));
}

TEST(TargetLeak, IsNotSeenInFewRows) {
  EXPECT_FALSE(tells(
      ColumnKind::categorical, [](int row) { return row % 2; }, 19));
  const double none = std::bit_cast<double>(ColumnGuess::kMissing);
  EXPECT_FALSE(tells(
      ColumnKind::categorical, [&](int row) { return row < 30 ? row % 2 : none; }, 400));
  EXPECT_TRUE(tells(
      ColumnKind::categorical, [&](int row) { return row < 30 ? none : row % 2; }, 400));
}

}  // namespace
}  // namespace tacit
