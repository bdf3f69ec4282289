// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/corrupt.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kRows = 4000;

/// A number, a category and a moment of nine fields: three columns.
std::vector<Field> fields() {
  std::vector<Field> all{{"pay", "pay"}, {"job", "job", 5}};
  for (int i = 0; i < 9; ++i) all.push_back({text("seen/{}", i), "seen"});
  return all;
}

/// The value at (row, field) is 1 + row + field / 16: it names the row and field it comes from.
Tensor telling(int64_t rows) {
  const Tensor row = at::arange(1, rows + 1, at::kFloat).unsqueeze(1);
  return row + at::arange(11, at::kFloat) / 16;
}

/// The row that each cell of a field comes from.
Tensor source(const Tensor& x, int64_t field) { return x.select(1, field).floor() - 1; }

Corrupted corrupted(const Tensor& x, const CorruptConfig& config, uint64_t seed = 1) {
  Rng rng(seed);
  return corrupt(x, fields(), config, {x}, rng);
}

/// Within five deviations of a binomial share.
void expect_rate(const Tensor& hits, double rate) {
  const double found = hits.to(at::kDouble).mean().item<double>();
  EXPECT_NEAR(found, rate, 5 * std::sqrt(rate * (1 - rate) / static_cast<double>(hits.numel())));
}

TEST(Corrupt, SwapsAndHidesExactSharesOfEachColumn) {
  const Corrupted result = corrupted(telling(kRows), {.swap = 0.3, .hide = 0.2});
  const Tensor x = telling(kRows);
  for (int64_t column = 0; column < 3; ++column) {
    SCOPED_TRACE(column);
    const Tensor now = result.x.select(1, column);  // each column's first field has its number
    const Tensor hidden = column == 1 ? now.eq(0) : now.isnan();
    const Tensor swapped = now.ne(x.select(1, column)).logical_and(hidden.logical_not());
    expect_rate(hidden, 0.2);
    expect_rate(swapped, 0.3);
    EXPECT_TRUE(result.changed.select(1, column).equal(hidden.logical_or(swapped)));
  }
}

TEST(Corrupt, DecidesOnEachColumnByItself) {
  const Tensor changed = corrupted(telling(kRows), {.swap = 0.25, .hide = 0.25}).changed;
  for (int64_t a = 0; a < 3; ++a)
    for (int64_t b = 0; b < a; ++b)
      expect_rate(changed.select(1, a).logical_and(changed.select(1, b)), 0.25);
}

TEST(Corrupt, NeverGivesACellItsOwnRowsValue) {
  const Tensor x = telling(5);
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Corrupted result = corrupted(x, {.swap = 1}, seed);
    EXPECT_TRUE(result.x.ne(x).all().item<bool>());
    EXPECT_TRUE(result.changed.all().item<bool>());
  }
}

TEST(Corrupt, DrawsDonorsAmongAllOtherRowsAlike) {
  const Tensor x = telling(5);
  const Tensor from_row = at::zeros({5, 5});
  constexpr int kTimes = 2000;
  for (uint64_t seed = 0; seed < kTimes; ++seed) {
    const Tensor donor = source(corrupted(x, {.swap = 1}, seed).x, 0);
    for (int64_t row = 0; row < 5; ++row) from_row[row][donor[row].item<int64_t>()] += 1;
  }
  for (int64_t row = 0; row < 5; ++row)
    for (int64_t donor = 0; donor < 5; ++donor)
      EXPECT_NEAR(from_row[row][donor].item<double>() / kTimes, row == donor ? 0 : 0.25,
                  5 * std::sqrt(0.25 * 0.75 / kTimes));
}

TEST(Corrupt, KeepsEachValueInItsField) {
  const Tensor x = corrupted(telling(500), {.swap = 1}).x;
  for (int64_t field = 0; field < 11; ++field) {
    const Tensor share = x.select(1, field).frac() * 16;
    EXPECT_TRUE(share.eq(static_cast<double>(field)).all().item<bool>()) << field;
  }
}

TEST(Corrupt, MovesTheFieldsOfAColumnTogetherAndColumnsApart) {
  const Tensor x = corrupted(telling(kRows), {.swap = 0.5, .hide = 0.2}).x;
  for (int64_t field = 3; field < 11; ++field) {
    EXPECT_TRUE(source(x, field).allclose(source(x, 2), 0, 0, /*equal_nan=*/true)) << field;
  }
  // A row's columns seldom come from the same other row.
  const Tensor everything = corrupted(telling(kRows), {.swap = 1}).x;
  EXPECT_LT(source(everything, 0).eq(source(everything, 2)).sum().item<int64_t>(), 20);
}

TEST(Corrupt, HiddenNumbersAreMissingAndHiddenCategoriesHaveTheMissingCode) {
  const Tensor x = corrupted(telling(50), {.swap = 0, .hide = 1}).x;
  EXPECT_TRUE(x.select(1, 1).eq(0).all().item<bool>());
  EXPECT_TRUE(x.select(1, 0).isnan().all().item<bool>());
  EXPECT_TRUE(x.slice(1, 2).isnan().all().item<bool>());
}

TEST(Corrupt, HandsOnMissingCellsAsTheyAre) {
  Tensor x = telling(40);
  x.select(1, 0).fill_(std::numeric_limits<float>::quiet_NaN());
  EXPECT_TRUE(corrupted(x, {.swap = 1}).x.select(1, 0).isnan().all().item<bool>());
}

TEST(Corrupt, LeavesItsInputAndChangesNothingWithoutNoise) {
  const Tensor x = telling(300);
  corrupted(x, {.swap = 0.5, .hide = 0.5});
  EXPECT_TRUE(x.equal(telling(300)));
  const Corrupted same = corrupted(x, {.swap = 0, .hide = 0});
  EXPECT_TRUE(same.x.equal(x));
  EXPECT_FALSE(same.changed.any().item<bool>());
}

TEST(Corrupt, OfPartOfABatchIsThatPartOfTheWhole) {
  const Tensor x = telling(600);
  const CorruptConfig config{.swap = 0.4, .hide = 0.1};
  const Corrupted whole = corrupted(x, config);
  for (const auto& [first, rows] : {std::pair<int64_t, int64_t>{0, 300}, {300, 300}, {599, 1}}) {
    Rng rng = Rng(1).from_row(first);
    const Corrupted part = corrupt(x.narrow(0, first, rows), fields(), config, {x, first}, rng);
    EXPECT_TRUE(part.x.allclose(whole.x.narrow(0, first, rows), 0, 0, /*equal_nan=*/true));
    EXPECT_TRUE(part.changed.equal(whole.changed.narrow(0, first, rows)));
  }
}

TEST(Corrupt, DrawsAnewAtEachCall) {
  const Tensor x = telling(50);
  Rng rng(1);
  const Tensor once = corrupt(x, fields(), {.swap = 0.5}, {x}, rng).changed;
  EXPECT_FALSE(corrupt(x, fields(), {.swap = 0.5}, {x}, rng).changed.equal(once));
  EXPECT_TRUE(corrupted(x, {.swap = 0.5}).changed.equal(once));
}

TEST(Corrupt, ASingleRowHasNothingToSwapWith) {
  const Tensor x = telling(1);
  const Corrupted swapped = corrupted(x, {.swap = 1});
  EXPECT_TRUE(swapped.x.equal(x));
  EXPECT_FALSE(swapped.changed.any().item<bool>());
  EXPECT_TRUE(corrupted(x, {.swap = 0, .hide = 1}).changed.all().item<bool>());
}

TEST(Corrupt, RefusesRowsOfOtherFields) {
  EXPECT_THROW(corrupted(telling(3).slice(1, 1), {}), ShapeError);
  EXPECT_THROW(corrupted(telling(3)[0], {}), ShapeError);
}

std::vector<Field> ten_numbers() {
  std::vector<Field> all;
  for (int i = 0; i < 10; ++i) all.push_back({text("x{}", i), text("x{}", i)});
  return all;
}

TEST(SwapSome, SwapsTheSameNumberOfColumnsInEveryRow) {
  const Tensor x = telling(300).narrow(1, 0, 10);
  for (const auto& [share, count] :
       {std::pair<double, int64_t>{0.6, 6}, {0.34, 3}, {0.35, 4}, {0.01, 1}, {0, 1}, {1, 10}}) {
    Rng rng(2);
    const Corrupted result = swap_some(x, ten_numbers(), share, {x}, rng);
    EXPECT_TRUE(result.changed.sum(1).eq(count).all().item<bool>()) << share;
    EXPECT_TRUE(result.changed.equal(result.x.ne(x)));
  }
}

TEST(SwapSome, ChoosesColumnsAlikeAndAnewForEachRow) {
  const Tensor x = telling(kRows).narrow(1, 0, 10);
  Rng rng(2);
  const Tensor changed = swap_some(x, ten_numbers(), 0.3, {x}, rng).changed;
  for (int64_t column = 0; column < 10; ++column) expect_rate(changed.select(1, column), 0.3);
}

TEST(SwapSome, CountsColumnsAndNotFields) {
  const Tensor x = telling(200);
  Rng rng(2);
  const Corrupted result = swap_some(x, fields(), 0.34, {x}, rng);
  EXPECT_TRUE(result.changed.sum(1).eq(1).all().item<bool>());
  EXPECT_TRUE(source(result.x, 10).equal(source(result.x, 2)));
}

TEST(SwapSome, OfPartOfABatchIsThatPartOfTheWhole) {
  const Tensor x = telling(20);
  Rng all(2), own = Rng(2).from_row(15);
  EXPECT_TRUE(swap_some(x.narrow(0, 15, 5), fields(), 0.6, {x, 15}, own)
                  .x.equal(swap_some(x, fields(), 0.6, {x}, all).x.narrow(0, 15, 5)));
}

}  // namespace
}  // namespace tacit
