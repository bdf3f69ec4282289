// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/load.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(LoadSignals, GivesChannelsInTheOrderAskedFor) {
  DataConfig config{.simulate = {.people = 1, .seconds = 4}};
  config.file.channels = {"gz", "ax"};
  const Signals signals = load_signals(config);
  EXPECT_EQ(signals.channels, config.file.channels);
  const Signals all = simulate_motion(config.simulate);
  EXPECT_TRUE(signals.recordings[3].samples[0].equal(all.recordings[3].samples[5]));
  config.file.channels = {"ax", "ay", "ax"};
  EXPECT_THROW(load_signals(config), ConfigError);
  config.file.channels = {"aw"};
  EXPECT_THROW(load_signals(config), ConfigError);
}

TEST(LoadSignals, ResamplesToTheRateAskedFor) {
  DataConfig config{.rate_hz = 25, .simulate = {.people = 1, .seconds = 4}};
  EXPECT_EQ(load_signals(config).recordings[0].length(), 100);
}

TEST(DataConfig, HasTheFieldsOfTheFileInItself) {
  DataConfig config;
  read_config(config, Json::parse(R"({"source": "csv", "path": "a.csv", "channels": ["x"],
    "time_unit": "ms", "window": {"length": "8 s"}, "split": {"test": [1, 2]}})"));
  EXPECT_EQ(config.source, Source::csv);
  EXPECT_EQ(config.file.path, "a.csv");
  EXPECT_TRUE(config.window.length.in_seconds);
  DataConfig again;
  read_config(again, write_config(config));
  EXPECT_EQ(write_config(again), write_config(config));
}

TEST(Fingerprint, ChangesWithEverything) {
  const std::string before = fingerprint(people(2));
  EXPECT_EQ(before.size(), 16);
  EXPECT_EQ(fingerprint(people(2)), before);
  Signals sample = people(2), label = people(2), name = people(2), channel = people(2);
  sample.recordings[1].samples[1][99].fill_(0);
  label.recordings[0].labels[1].label = 0;
  name.recordings[0].subject = "x";
  channel.channels[0] = "z";
  for (const Signals& changed : {sample, label, name, channel, people(3)})
    EXPECT_NE(fingerprint(changed), before);
  Signals turned = people(2);  // the same samples in another layout
  for (Recording& recording : turned.recordings)
    recording.samples = recording.samples.t().contiguous().t();
  EXPECT_EQ(fingerprint(turned), before);
}

}  // namespace
}  // namespace tacit
