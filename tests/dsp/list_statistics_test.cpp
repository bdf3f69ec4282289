// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/list_statistics.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

// numpy 2.4 of [3, 1, 4, 1, 5, 9, 2, 6] and [2, 7, 1, 8, 2, 8, 1, 8]: mean, std,
// (x**2).mean()**.5, percentile, corrcoef.
const std::vector<double> kX = {3, 1, 4, 1, 5, 9, 2, 6}, kY = {2, 7, 1, 8, 2, 8, 1, 8};

TEST(ListStatistics, MatchNumpy) {
  EXPECT_DOUBLE_EQ(mean(kX), 3.875);
  EXPECT_NEAR(deviation(kX), 2.57087047, 1e-8);
  EXPECT_NEAR(root_mean_square(kX), 4.65026881, 1e-8);
  EXPECT_DOUBLE_EQ(median(kX), 3.5);
  EXPECT_DOUBLE_EQ(percentile(kX, 10), 1);
  EXPECT_DOUBLE_EQ(percentile(kX, 75), 5.25);
  EXPECT_DOUBLE_EQ(percentile(kX, 100), 9);
  EXPECT_NEAR(correlation(kX, kY), 0.20965532, 1e-8);
}

TEST(ListStatistics, OfNothingAreZero) {
  EXPECT_EQ(mean({}), 0);
  EXPECT_EQ(deviation({}), 0);
  EXPECT_EQ(root_mean_square({}), 0);
  EXPECT_EQ(median({}), 0);
  EXPECT_EQ(correlation({}, {}), 0);
}

TEST(ListStatistics, CorrelateAListWithItselfAndWithNoConstant) {
  EXPECT_DOUBLE_EQ(correlation(kX, kX), 1);
  const std::vector<double> constant(8, 0.1);
  EXPECT_EQ(correlation(kX, constant), 0);
}

}  // namespace
}  // namespace tacit
