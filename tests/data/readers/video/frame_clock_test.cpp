// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/frame_clock.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace tacit {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Told {
  std::vector<double> seconds;
  int64_t repaired;
};

/// Of a clock of 10 frames a second; kNone is no stamp.
Told told(const std::vector<double>& stamps) {
  FrameClock clock(10);
  Told out{};
  for (const double stamp : stamps)
    out.seconds.push_back(clock.at(stamp == stamp ? std::optional(stamp) : std::nullopt));
  out.repaired = clock.repaired();
  return out;
}

void expect(const std::vector<double>& stamps, const std::vector<double>& seconds,
            int64_t repaired) {
  const Told found = told(stamps);
  ASSERT_EQ(found.seconds.size(), seconds.size());
  for (size_t i = 0; i < seconds.size(); ++i) EXPECT_NEAR(found.seconds[i], seconds[i], 1e-9) << i;
  EXPECT_EQ(found.repaired, repaired);
}

TEST(FrameClock, CountsFromTheFirstAndKeepsTrueTimes) {
  expect({7, 7.1, 7.13, 9}, {0, 0.1, 0.13, 2}, 0);
  expect({-3, -2.5}, {0, 0.5}, 0);
}

TEST(FrameClock, FillsInTimesThatAreMissing) {
  expect({5, 5.1, kNone, 5.3}, {0, 0.1, 0.2, 0.3}, 1);
  expect({kNone, kNone, 8, 8.1}, {0, 0.1, 0.2, 0.3}, 2);
  expect({kNone, kNone, kNone}, {0, 0.1, 0.2}, 3);
  expect({0, 1 / 0.0, 1e300, 0.3}, {0, 0.1, 0.2, 0.3}, 2);
}

TEST(FrameClock, BelievesTheTimesBehindOneThatDoesNotRise) {
  expect({0, 0.1, 0.1, 0.2, 0.3}, {0, 0.1, 0.15, 0.2, 0.3}, 1);
  expect({0, 0.2, 0.1, 0.3}, {0, 0.2, 0.25, 0.3}, 1);
}

TEST(FrameClock, GoesOnWhereTheFilesClockBeginsAnew) {
  expect({0, 10, 10.1, 0, 0.1, 0.2}, {0, 10, 10.1, 10.2, 10.3, 10.4}, 1);
}

TEST(FrameClock, RisesWhateverTheStamps) {
  const std::vector<double> found =
      told({0, 1e9, 999'999'999, 5, -1e18, 3, kNone, 3, 3, 2.5, 1e18, 4}).seconds;
  for (size_t i = 1; i < found.size(); ++i) EXPECT_GT(found[i], found[i - 1]) << i;
}

}  // namespace
}  // namespace tacit
