// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/latency.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

TEST(Latency, IsWithinAPercentOfTheQuantile) {
  Latency latency;
  for (int i = 1000; i >= 1; --i) latency.add(0.001 * i);
  EXPECT_EQ(latency.count(), 1000);
  for (const double share : {0.001, 0.5, 0.99, 1.0})
    EXPECT_NEAR(latency.within(share) / share, 1, 0.0101) << share;
  EXPECT_GE(latency.within(0.99), 0.99);
}

TEST(Latency, HasNoneWithoutAnswersAndTakesAnyLength) {
  EXPECT_EQ(Latency().within(0.5), 0);
  Latency latency;
  latency.add(0);
  EXPECT_NEAR(latency.within(1), 1e-6, 2e-8);
  latency.add(1e9);
  EXPECT_GT(latency.within(1), 1000);
}

}  // namespace
}  // namespace tacit
