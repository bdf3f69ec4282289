// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace tacit {
namespace {

TEST(LearningRateFactor, IsOneWhenConstant) {
  for (int64_t step = 0; step < 10; ++step) EXPECT_EQ(learning_rate_factor({}, step, 10, 5), 1);
}

TEST(LearningRateFactor, FollowsHalfACosine) {
  const ScheduleConfig config{.decay = Decay::cosine};
  for (int64_t step = 0; step < 40; ++step)
    EXPECT_NEAR(learning_rate_factor(config, step, 40, 10),
                0.5 * (1 + std::cos(std::numbers::pi * static_cast<double>(step) / 40)), 1e-12);
}

TEST(LearningRateFactor, FallsAlongALine) {
  const ScheduleConfig config{.decay = Decay::linear, .warmup_epochs = 1};
  EXPECT_EQ(learning_rate_factor(config, 10, 50, 10), 1);
  for (int64_t step = 10; step < 50; ++step)
    EXPECT_NEAR(learning_rate_factor(config, step, 50, 10), static_cast<double>(50 - step) / 40,
                1e-12);
}

TEST(LearningRateFactor, RisesInEqualStepsToTheDecay) {
  for (const Decay decay : {Decay::constant, Decay::cosine, Decay::linear}) {
    const ScheduleConfig config{.decay = decay, .warmup_epochs = 1.5};  // 15 steps
    for (int64_t step = 0; step < 15; ++step)
      EXPECT_NEAR(learning_rate_factor(config, step, 100, 10), static_cast<double>(step + 1) / 16,
                  1e-12);
    EXPECT_EQ(learning_rate_factor(config, 15, 100, 10), 1);
  }
  const ScheduleConfig cosine{.decay = Decay::cosine, .warmup_epochs = 1.5};
  EXPECT_NEAR(learning_rate_factor(cosine, 15 + 85 / 5, 100, 10),
              0.5 * (1 + std::cos(std::numbers::pi / 5)), 1e-12);
}

TEST(LearningRateFactor, StaysPositiveWhenWarmUpIsLongerThanTraining) {
  const ScheduleConfig config{.decay = Decay::cosine, .warmup_epochs = 100};
  for (int64_t step = 0; step < 20; ++step) {
    EXPECT_GT(learning_rate_factor(config, step, 20, 10), 0);
    EXPECT_LT(learning_rate_factor(config, step, 20, 10), 0.03);
  }
}

}  // namespace
}  // namespace tacit
