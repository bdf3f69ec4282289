// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/simulate_hearts.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>

#include "tacit/core/config.h"
#include "tacit/dsp/heart_beats.h"
#include "tacit/dsp/heart_rhythm.h"
#include "tacit/dsp/heart_shape.h"
#include "tacit/dsp/list_statistics.h"

namespace tacit {
namespace {

std::span<const float> samples_of(const Recording& recording) {
  return {recording.samples.const_data_ptr<float>(), static_cast<size_t>(recording.length())};
}

double rhythm(const Recording& recording, const std::string& name) {
  const auto beats = find_beats(samples_of(recording), recording.rate_hz).seconds;
  const auto names = heart_rhythm_names();
  return heart_rhythm(beats, static_cast<double>(recording.length()) / recording.rate_hz)
      .at(static_cast<size_t>(std::ranges::find(names, name) - names.begin()));
}

double t_height(const Recording& recording) {
  const auto samples = samples_of(recording);
  const auto names = heart_shape_names();
  const auto shape =
      heart_shape(samples, recording.rate_hz, find_beats(samples, recording.rate_hz));
  return std::abs(
      shape.at(static_cast<size_t>(std::ranges::find(names, "t_height") - names.begin())));
}

/// What a measure of a person's recordings is in the first class less what it is in the second, in
/// the median over people.
template <class Measure>
double effect(const Signals& signals, Measure measure) {
  std::map<std::string, std::array<std::vector<double>, 2>> by_person;
  for (const Recording& recording : signals.recordings)
    by_person[recording.subject][static_cast<size_t>(recording.labels[0].label)].push_back(
        measure(recording));
  std::vector<double> difference;
  for (const auto& [person, values] : by_person)
    difference.push_back(mean(values[0]) - mean(values[1]));
  return median(difference);
}

TEST(SimulateHearts, HasEveryRecordingOfEveryPerson) {
  const Signals signals = simulate_hearts({.people = 3, .recordings = 4, .seconds = 10});
  ASSERT_EQ(signals.recordings.size(), 12);
  EXPECT_EQ(signals.channels, std::vector<std::string>{"ecg"});
  const Recording& last = signals.recordings.back();
  EXPECT_EQ(last.subject, "3");
  EXPECT_EQ(last.name, "3/4");
  EXPECT_EQ(last.rate_hz, 256);
  EXPECT_EQ(last.samples.sizes(), (std::vector<int64_t>{1, 2560}));
  ASSERT_EQ(last.labels.size(), 1);
  EXPECT_EQ(last.labels[0].begin, 0);
  EXPECT_EQ(last.labels[0].end, 2560);
}

TEST(SimulateHearts, SaysThatItIsSimulated) {
  const Signals signals = simulate_hearts({.people = 1, .recordings = 1, .seconds = 1});
  EXPECT_EQ(signals.notes,
            std::vector<std::string>{"the electrocardiograms are simulated, not measured"});
}

TEST(SimulateHearts, LabelsTheSameSamplesAsItIsAskedTo) {
  SimulateHeartsConfig config{.people = 1, .recordings = 5, .seconds = 2};
  const auto labels = [&](HeartLabel label) {
    config.label = label;
    const Signals signals = simulate_hearts(config);
    EXPECT_TRUE(std::ranges::is_sorted(signals.classes));
    std::vector<std::string> result;
    for (const Recording& recording : signals.recordings)
      result.push_back(signals.classes.at(static_cast<size_t>(recording.labels[0].label)));
    return result;
  };
  using Words = std::vector<std::string>;
  EXPECT_EQ(labels(HeartLabel::arousal), (Words{"low", "high", "low", "high", "low"}));
  EXPECT_EQ(labels(HeartLabel::valence), (Words{"low", "low", "high", "high", "low"}));
  EXPECT_EQ(
      labels(HeartLabel::quadrant),
      (Words{"low arousal low valence", "high arousal low valence", "low arousal high valence",
             "high arousal high valence", "low arousal low valence"}));
  const auto first = [&](HeartLabel label) {
    config.label = label;
    return simulate_hearts(config).recordings[0].samples;
  };
  EXPECT_TRUE(first(HeartLabel::arousal).equal(first(HeartLabel::quadrant)));
}

TEST(SimulateHearts, DependOnTheSeedAndNotOnHowManyThereAre) {
  const auto second = [](const SimulateHeartsConfig& config) {
    return simulate_hearts(config).recordings.at(1).samples;
  };
  const Tensor one = second({.people = 1, .recordings = 2, .seconds = 5});
  EXPECT_TRUE(one.equal(second({.people = 1, .recordings = 2, .seconds = 5})));
  EXPECT_TRUE(one.equal(second({.people = 2, .recordings = 7, .seconds = 5})));
  EXPECT_TRUE(
      one.equal(second({.people = 1, .recordings = 2, .seconds = 9}).narrow(1, 0, one.size(1))));
  EXPECT_FALSE(one.equal(second({.people = 1, .recordings = 2, .seconds = 5, .seed = 2})));
}

TEST(SimulateHearts, LookLikeHeartsInMillivolts) {
  for (const Recording& recording :
       simulate_hearts({.people = 12, .recordings = 2, .seconds = 20}).recordings) {
    EXPECT_TRUE(at::isfinite(recording.samples).all().item<bool>());
    const double largest = recording.samples.abs().max().item<double>();
    EXPECT_GT(largest, 0.1) << recording.name;
    EXPECT_LT(largest, 20) << recording.name;
    const HeartCheck check = check_heart(samples_of(recording), recording.rate_hz);
    EXPECT_EQ(check.warning, "") << recording.name;
    EXPECT_GT(check.beats_a_minute, 40) << recording.name;
    EXPECT_LT(check.beats_a_minute, 130) << recording.name;
  }
}

TEST(SimulateHearts, BeatFasterSteadierAndWithAFlatterTWhenAroused) {
  const Signals signals = simulate_hearts({.people = 16, .seconds = 30});
  const auto of = [](const char* name) {
    return [=](const Recording& r) { return rhythm(r, name); };
  };
  EXPECT_LT(effect(signals, of("rr_mean")), -0.04);
  EXPECT_LT(effect(signals, of("rr_hf")), -0.002);
  EXPECT_LT(effect(signals, t_height), -0.01);
}

TEST(SimulateHearts, BreatheSlowerAndWithAWeakerMayerWaveWhenPleased) {
  const Signals signals =
      simulate_hearts({.people = 16, .seconds = 40, .label = HeartLabel::valence});
  const auto of = [](const char* name) {
    return [=](const Recording& r) { return rhythm(r, name); };
  };
  EXPECT_LT(effect(signals, of("rr_hf_peak_hz")), -0.015);
  EXPECT_LT(effect(signals, of("rr_lf")), -0.003);
  EXPECT_GT(effect(signals, of("rr_hf")), 0);
}

TEST(SimulateHearts, DifferMoreBetweenPeopleThanBetweenStates) {
  const Signals signals = simulate_hearts({.people = 24, .recordings = 4, .seconds = 20});
  const auto interval = [](const Recording& r) { return rhythm(r, "rr_mean"); };
  std::vector<double> people;
  for (size_t first = 0; first < signals.recordings.size(); first += 4) {
    double sum = 0;
    for (size_t take = 0; take < 4; ++take) sum += interval(signals.recordings[first + take]);
    people.push_back(sum / 4);
  }
  EXPECT_GT(deviation(people), std::abs(effect(signals, interval)));
}

TEST(SimulateHearts, ReadTheirLabelByName) {
  SimulateHeartsConfig config;
  read_config(config, Json{{"label", "quadrant"}, {"people", 2}});
  EXPECT_EQ(config.label, HeartLabel::quadrant);
  EXPECT_THROW(read_config(config, Json{{"label", "joy"}}), ConfigError);
  EXPECT_THROW(read_config(config, Json{{"people", 0}}), ConfigError);
  EXPECT_THROW(read_config(config, Json{{"recordings", 0}}), ConfigError);
}

}  // namespace
}  // namespace tacit
