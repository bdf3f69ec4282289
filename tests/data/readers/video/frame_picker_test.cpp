// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/frame_picker.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace tacit {
namespace {

/// Which frames of these times are chosen.
std::vector<size_t> picked(double rate, const std::vector<double>& seconds) {
  FramePicker picker(rate);
  std::vector<size_t> out;
  for (size_t i = 0; i + 1 < seconds.size(); ++i)
    if (picker.takes(seconds[i], seconds[i + 1])) out.push_back(i);
  if (picker.takes_last(seconds.back())) out.push_back(seconds.size() - 1);
  return out;
}

/// The same, moment by moment.
std::vector<size_t> nearest(double rate, const std::vector<double>& seconds) {
  std::set<size_t> out;
  for (int64_t k = 0; static_cast<double>(k) / rate <= seconds.back() + 1e-9; ++k) {
    const double moment = static_cast<double>(k) / rate;
    size_t best = 0;
    for (size_t i = 1; i < seconds.size(); ++i)
      if (std::abs(seconds[i] - moment) < std::abs(seconds[best] - moment) - 1e-9) best = i;
    out.insert(best);
  }
  return {out.begin(), out.end()};
}

std::vector<double> equally(double rate, int count) {
  std::vector<double> seconds;
  for (int i = 0; i < count; ++i) seconds.push_back(i / rate);
  return seconds;
}

TEST(FramePicker, TakesAllWhereNoRateIsAsked) {
  EXPECT_EQ(picked(0, {0, 0.01, 7}), (std::vector<size_t>{0, 1, 2}));
}

TEST(FramePicker, TakesEveryThirdOfThirtyForTen) {
  EXPECT_EQ(picked(10, equally(30, 10)), (std::vector<size_t>{0, 3, 6, 9}));
  EXPECT_EQ(picked(30, equally(30, 5)), (std::vector<size_t>{0, 1, 2, 3, 4}));
}

TEST(FramePicker, TakesTheNearestOfAnyTimes) {
  std::vector<double> jittered;
  for (int i = 0; i < 60; ++i) jittered.push_back(i / 25.0 + 0.01 * std::sin(7 * i) + 0.0003 * i);
  jittered[0] = 0;
  for (size_t i = 40; i < 60; ++i) jittered[i] += 2;  // a pause
  for (const double rate : {1.0, 7.0, 12.5, 20.0, 24.0})
    EXPECT_EQ(picked(rate, jittered), nearest(rate, jittered)) << rate;
}

TEST(FramePicker, LeavesAPauseOpen) {
  EXPECT_EQ(picked(10, {0, 0.1, 5, 5.1}), (std::vector<size_t>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace tacit
