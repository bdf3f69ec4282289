// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/label_units.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <numeric>

#include "tacit/core/error.h"
#include "tacit/data/windows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// Recordings a (2 windows, class 1), b (1 window, class 0) and c (3 windows, class 1).
SignalWindows three_recordings() {
  Signals signals{{"x", "y"}, {"no", "yes"}, {}, {}};
  signals.recordings = {counting("a", "", {{0, 20, 1}}), counting("b", "", {{0, 10, 0}}),
                        counting("c", "", {{0, 30, 1}})};
  return {std::move(signals), {.length = {10}, .overlap = 0}};
}

std::vector<int64_t> all_rows(const Examples& examples) {
  std::vector<int64_t> rows(static_cast<size_t>(examples.size()));
  std::iota(rows.begin(), rows.end(), int64_t{0});
  return rows;
}

TEST(LabelUnits, OfRowsAreTheRows) {
  const SignalWindows windows = three_recordings();
  const std::vector<int64_t> rows{1, 2, 5};
  const LabelUnits units(LabelUnit::row, windows, rows);
  EXPECT_EQ(units.size(), 3);
  EXPECT_TRUE(units.labels().equal(at::tensor({1, 0, 1}, at::kLong)));
  EXPECT_EQ(units.rows_of(std::vector<int64_t>{2, 0}), (std::vector<int64_t>{2, 0}));
  const Tensor x = at::rand({3, 4});
  EXPECT_TRUE(units.pool(x).equal(x));
  EXPECT_TRUE(units.mean(x).equal(x));
}

TEST(LabelUnits, OfRecordingsShareOneLabel) {
  const SignalWindows windows = three_recordings();
  const LabelUnits units(LabelUnit::recording, windows, all_rows(windows));
  ASSERT_EQ(units.size(), 3);
  EXPECT_TRUE(units.labels().equal(at::tensor({1, 0, 1}, at::kLong)));
  EXPECT_EQ(units.rows_of(std::vector<int64_t>{2, 1}), (std::vector<int64_t>{3, 4, 5, 2}));
}

TEST(LabelUnits, PoolMeansAndDeviationsOverARecording) {
  const SignalWindows windows = three_recordings();
  const LabelUnits units(LabelUnit::recording, windows, all_rows(windows));
  const Tensor x = at::tensor({1.0, 3.0, 7.0, 0.0, 3.0, 6.0}, at::kFloat).unsqueeze(1);
  const Tensor pooled = units.pool(x);
  ASSERT_EQ(pooled.sizes(), (std::vector<int64_t>{3, 2}));
  EXPECT_TRUE(pooled.allclose(
      at::tensor({2.0, 1.0, 7.0, 0.0, 3.0, std::sqrt(6.0)}, at::kFloat).view({3, 2})));
  EXPECT_TRUE(units.mean(x.squeeze(1)).allclose(at::tensor({2.0, 7.0, 3.0}, at::kFloat)));
}

TEST(LabelUnits, RefuseARecordingOfSeveralLabels) {
  const SignalWindows windows(people(1), {.length = {10}, .overlap = 0});
  const std::string said =
      message<DataError>([&] { LabelUnits(LabelUnit::recording, windows, all_rows(windows)); });
  EXPECT_NE(said.find("\"r1\""), std::string::npos) << said;
}

}  // namespace
}  // namespace tacit
