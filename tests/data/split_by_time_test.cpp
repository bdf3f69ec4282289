// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/split_by_time.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tacit/data/table.h"
#include "tacit/data/windows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

SignalWindows windows_of(int recordings, double length, double overlap) {
  return {people(recordings), {.length = {length}, .overlap = overlap}};
}

/// Seconds between two rows of a piece; below 0 where they share samples.
double apart(const Examples& data, int64_t a, int64_t b) {
  const Origin one = data.origin(a), other = data.origin(b);
  return static_cast<double>(std::max(other.begin - one.end, one.begin - other.end)) /
         data.origin_rate_hz();
}

double nearest(const Examples& data, const std::vector<int64_t>& some,
               const std::vector<int64_t>& others) {
  double least = INFINITY;
  for (const int64_t a : some)
    for (const int64_t b : others)
      if (data.origin(a).piece == data.origin(b).piece) least = std::min(least, apart(data, a, b));
  return least;
}

TEST(SplitByTime, TestsOnTheEndOfEachRecordingWithAGapBefore) {
  const SignalWindows data = windows_of(3, 10, 0.5);
  const double gap = 12 / data.origin_rate_hz();
  const auto splits = split_by_time(
      {.by = SplitBy::time, .test = 0.25, .validation = 0.2, .gap_seconds = gap}, data);
  ASSERT_EQ(splits.size(), 1U);
  const Split& split = splits[0];
  EXPECT_GE(nearest(data, split.train, split.test), gap);
  EXPECT_GE(nearest(data, split.validation, split.test), gap);
  EXPECT_GE(nearest(data, split.train, split.validation), gap);
  for (const auto* groups : {&split.train_groups, &split.validation_groups, &split.test_groups})
    EXPECT_EQ(groups->size(), 3U);
  for (const int64_t tested : split.test)
    for (const int64_t trained : split.train)
      if (data.origin(tested).recording == data.origin(trained).recording) {
        EXPECT_GT(tested, trained);
      }
  EXPECT_NEAR(static_cast<double>(split.test.size()), 0.25 * static_cast<double>(data.size()), 1.6);
  EXPECT_EQ(static_cast<int64_t>(split.train.size() + split.validation.size() + split.test.size()) +
                split.left_out,
            data.size());
  EXPECT_GT(split.left_out, 0);
  EXPECT_NE(split.print().find("left out"), std::string::npos);
  EXPECT_NE(split.warning().find("other times"), std::string::npos);
}

TEST(SplitByTime, EachFoldTestsAnotherStretchAndAllRowsOnce) {
  const SignalWindows data = windows_of(2, 10, 0);
  std::multiset<int64_t> tested;
  for (const Split& split :
       split_by_time({.by = SplitBy::time, .test = {{"folds", 4}}, .gap_seconds = 0.1}, data)) {
    EXPECT_GE(nearest(data, split.train, split.test), 0.1);
    EXPECT_FALSE(split.validation.empty());
    tested.insert(split.test.begin(), split.test.end());
  }
  EXPECT_EQ(static_cast<int64_t>(tested.size()), data.size());
  EXPECT_EQ(static_cast<int64_t>(std::set(tested.begin(), tested.end()).size()), data.size());
}

TEST(SplitByTime, WithoutAGapLeavesOutOnlyWhatOverlaps) {
  const auto left_out = [](double overlap) {
    const SignalWindows data = windows_of(2, 10, overlap);
    return split_by_time({.by = SplitBy::time, .test = 0.25, .gap_seconds = 0}, data)[0].left_out;
  };
  EXPECT_EQ(left_out(0), 0);
  EXPECT_EQ(left_out(0.5), 4);  // one before validation and one before the test, of each recording
}

TEST(SplitByTime, IsTheSameWhateverTheSeedAndPassesTheLeakCheck) {
  const SignalWindows data = windows_of(3, 10, 0.5);
  const SplitConfig config{.by = SplitBy::time, .test = 0.25, .gap_seconds = 0.2};
  EXPECT_EQ(make_splits(config, data, Rng(1))[0].test, make_splits(config, data, Rng(2))[0].test);
}

TEST(SplitByTime, RefusesWhatItCannotDo) {
  const SignalWindows data = windows_of(2, 10, 0);
  const auto refusal = [&](const SplitConfig& config) {
    return message<ConfigError>([&] { split_by_time(config, data); });
  };
  EXPECT_NE(refusal({.test = "leave_one_out"}).find("every recording"), std::string::npos);
  EXPECT_NE(refusal({.test = {"1"}}).find("every recording"), std::string::npos);
  EXPECT_NE(refusal({.test = 1.5}).find("between 0 and 1"), std::string::npos);
  EXPECT_NE(refusal({.test = 0.25, .gap_seconds = 99}).find("gaps of 99 s"), std::string::npos);
}

}  // namespace
}  // namespace tacit
