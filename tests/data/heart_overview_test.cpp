// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/heart_overview.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include "tacit/data/simulate_hearts.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

Signals hearts() { return simulate_hearts({.people = 2, .recordings = 2, .seconds = 30}); }

TEST(HeartOverview, FindsTheHeartInEachRecording) {
  const HeartOverview found = heart_overview(hearts(), {});
  ASSERT_EQ(found.channels.size(), 1u);
  const auto& ecg = found.channels[0];
  EXPECT_EQ(ecg.looked_at, 4);
  EXPECT_EQ(ecg.hearts, 4);
  EXPECT_LE(ecg.slowest, ecg.beats_a_minute);
  EXPECT_LE(ecg.beats_a_minute, ecg.fastest);
  EXPECT_GT(ecg.slowest, 35);
  EXPECT_LT(ecg.fastest, 180);
  EXPECT_EQ(ecg.inverted, 0);
  EXPECT_EQ(ecg.quality.all(), 12);
  EXPECT_EQ(ecg.quality.left_out(), 0);
  EXPECT_NE(found.print().find("a heart beats in 4 of 4"), std::string::npos) << found.print();
}

TEST(HeartOverview, SaysWhatIsUpsideDownAndWhatIsNone) {
  Signals signals = hearts();
  signals.channels = {"ecg", "nothing"};
  for (Recording& recording : signals.recordings) {
    const Tensor ecg = recording.samples[0];
    recording.samples = at::stack({-ecg, at::zeros_like(ecg)});
  }
  const HeartOverview found = heart_overview(signals, {});
  EXPECT_EQ(found.channels[0].inverted, 4);
  EXPECT_EQ(found.channels[1].hearts, 0);
  EXPECT_EQ(found.channels[1].quality.left_out(), 12);
  EXPECT_NE(found.channels[1].warning.find("fewer than two"), std::string::npos);
  EXPECT_NE(found.print().find("upside down in 4"), std::string::npos) << found.print();
}

TEST(HeartOverview, LooksForNoneBelowFiftySamplesASecond) {
  Signals signals = hearts();
  for (Recording& recording : signals.recordings) recording.rate_hz = 32;
  EXPECT_TRUE(heart_overview(signals, {}).channels.empty());
}

}  // namespace
}  // namespace tacit
