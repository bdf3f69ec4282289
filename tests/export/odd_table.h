// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/ops/empty.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "tacit/core/rng.h"
#include "tacit/data/column_encoders.h"

namespace tacit {

/// Columns of every kind and out of order: a category, skewed numbers, numbers far from 0 that lie
/// close together, a column with one value and one without any, categories of which one is rare, a
/// category that nobody has, and moments of years. Every ninth cell is missing.
inline Table odd_table(int64_t rows = 120) {
  std::vector<TableColumn> columns{
      {"city", ColumnKind::categorical, {"Bonn", "Köln", "Ulm", "Rust"}},
      {"pay", ColumnKind::numeric},
      {"joined", ColumnKind::datetime},
      {"place", ColumnKind::numeric},
      {"plan", ColumnKind::categorical, {"a", "b"}},
      {"constant", ColumnKind::numeric},
      {"nothing", ColumnKind::numeric},
      {"nobody", ColumnKind::categorical, {}},
      {"share", ColumnKind::numeric},
      {"seen", ColumnKind::datetime},
      {"height", ColumnKind::numeric}};
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  const int64_t width = row_width(columns);
  const Tensor cells = at::empty({rows, width});
  Rng rng(7);
  float* to = cells.mutable_data_ptr<float>();
  const auto put = [&](double value) { *to++ = static_cast<float>(value); };
  for (int64_t row = 0; row < rows; ++row) {
    put(row == 3 ? 3 : static_cast<double>(rng.below(3)));  // Rust once
    put(std::exp(rng.normal(8, 1)));
    put(static_cast<double>(19000 + rng.below(900)));
    put(static_cast<double>(rng.below(86400)));
    put(4e6 + static_cast<double>(rng.below(200)) / 4);
    put(static_cast<double>(rng.below(2)));
    put(4);
    put(kNone);
    put(kNone);
    put(rng.uniform());
    put(static_cast<double>(rng.below(9000)) - 2000);
    put(static_cast<double>(rng.below(86400)));
    put(rng.normal(180, 9));
  }
  for (int64_t cell = 4; cell < cells.numel(); cell += 9) {
    const int64_t place = cell % width;  // both cells of a moment
    const bool second = place == 3 || place == 11, day = place == 2 || place == 10;
    float* const at_cell = cells.mutable_data_ptr<float>() + cell;
    *at_cell = kNone;
    if (second) at_cell[-1] = kNone;
    if (day) at_cell[1] = kNone;
  }
  return {std::move(columns), cells, std::vector<int64_t>(static_cast<size_t>(rows), -1), {}};
}

/// Fitted on all its rows, with every way of scaling numbers and both of scaling moments.
inline ColumnEncoders odd_columns(const Table& table = odd_table()) {
  std::vector<int64_t> rows(static_cast<size_t>(table.size()));
  std::iota(rows.begin(), rows.end(), 0);
  return ColumnEncoders::fit(
      {.standard = {"seen"}, .robust = {"height"}, .unscaled = {"share"}, .min_count = 3}, table,
      rows);
}

}  // namespace tacit
