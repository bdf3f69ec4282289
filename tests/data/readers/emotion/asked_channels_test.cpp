// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/asked_channels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(AskedChannels, KeepTheirOrderAndTheirScale) {
  const auto channels =
      asked_channels({.channels = {"eda", "ecg"}, .scale = {10, 0.5}}, {"ecg", "emg", "eda"});
  ASSERT_EQ(channels.size(), 2u);
  EXPECT_EQ(channels[0].place, 2u);
  EXPECT_EQ(channels[0].scale, 10);
  EXPECT_EQ(channels[1].place, 0u);
  EXPECT_EQ(asked_channels({.channels = {"ecg"}}, {"ecg"})[0].scale, 1);
}

TEST(AskedChannels, AreThereAndHaveAFactorEach) {
  const auto said = [](const LongFormConfig& asked) {
    return message<ConfigError>([&] { asked_channels(asked, {"ecg", "eda"}); });
  };
  EXPECT_NE(said({.channels = {"ecgg"}}).find("did you mean \"ecg\""), std::string::npos);
  EXPECT_EQ(said({.channels = {"ecg"}, .scale = {1, 2}}), "data.scale: 2 factors for 1 channels");
}

TEST(AskedChannels, HaveSamplesThatAFloatCanBe) {
  EXPECT_EQ(sample_of(3, {.place = 0, .scale = 0.5}, "a.mat"), 1.5F);
  EXPECT_TRUE(std::isnan(sample_of(std::nan(""), {.place = 0, .scale = 2}, "a.mat")));
  for (const double bad : {std::numeric_limits<double>::infinity(), -1e39})
    EXPECT_EQ(message<DataError>([&] { sample_of(bad, {.place = 0, .scale = 1}, "a.mat"); }),
              "a.mat: a sample is infinite or beyond 3.4e38");
}

}  // namespace
}  // namespace tacit
