// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/simulate_motion.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

double deviation(const Recording& recording, int64_t channel) {
  return recording.samples[channel].to(at::kDouble).std().item<double>();
}

TEST(SimulateMotion, HasEveryActivityOfEveryPerson) {
  const Signals signals = simulate_motion({.people = 3, .seconds = 10});
  ASSERT_EQ(signals.recordings.size(), 18);
  EXPECT_EQ(signals.classes.size(), 6);
  EXPECT_EQ(signals.recordings[17].subject, "3");
  EXPECT_EQ(signals.recordings[17].name, "3/walk");
  EXPECT_EQ(signals.recordings[17].length(), 500);
}

TEST(SimulateMotion, RestsAtOneGAndMovesMoreWhenRunning) {
  const Signals signals = simulate_motion({.people = 5, .seconds = 20});
  for (size_t person = 0; person < 5; ++person) {
    const Recording& run = signals.recordings[6 * person + 1];
    const Recording& sit = signals.recordings[6 * person + 2];
    const double g = sit.samples.narrow(0, 0, 3).square().sum(0).sqrt().mean().item<double>();
    EXPECT_NEAR(g, 1, 0.05);
    EXPECT_GT(deviation(run, 0) + deviation(run, 1) + deviation(run, 2), 0.5);
    EXPECT_LT(deviation(sit, 0), 0.2);
  }
}

TEST(SimulateMotion, DependsOnTheSeedAndNotOnTheNumberOfPeople) {
  const auto first = [](const SimulateMotionConfig& config) {
    return simulate_motion(config).recordings[0].samples;
  };
  EXPECT_TRUE(first({.people = 1, .seconds = 5}).equal(first({.people = 2, .seconds = 5})));
  EXPECT_FALSE(
      first({.people = 1, .seconds = 5}).equal(first({.people = 1, .seconds = 5, .seed = 2})));
}

}  // namespace
}  // namespace tacit
