// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/high_pass.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

float wave(int64_t i) {
  const auto step = static_cast<double>(i);
  return static_cast<float>(2 + std::sin(0.02 * step) + 0.3 * std::sin(0.7 * step) + 0.001 * step);
}

/// One recording with the wave and minus the wave.
Signals waves(double rate_hz, int64_t length) {
  Signals signals{{"x", "y"}, {"a"}, {counting("r", "", {{0, length, 0}})}, {}};
  Recording& recording = signals.recordings[0];
  recording.rate_hz = rate_hz;
  float* const out = recording.samples.mutable_data_ptr<float>();
  for (int64_t i = 0; i < length; ++i) {
    out[i] = wave(i);
    out[length + i] = -wave(i);
  }
  return signals;
}

float* data_of(Signals& signals) { return signals.recordings[0].samples.mutable_data_ptr<float>(); }

double sample(const Signals& signals, int64_t step, int64_t channel = 0) {
  return signals.recordings[0].samples[channel][step].item<double>();
}

// Constants: scipy 1.17.1, sos = butter(4, 0.8, "high", fs=256, output="sos").
TEST(HighPass, EqualsScipysSosfiltfiltAwayFromTheEnds) {
  const Signals out = high_pass(waves(256, 8192), {.hz = 0.8}, "");  // sosfiltfilt(sos, x)
  for (const auto& [step, expected] : {std::pair{3000, 0.132802303087},
                                       {4000, -0.757079473754},
                                       {4321, -0.354149084467},
                                       {5000, -0.193006074851}}) {
    EXPECT_NEAR(sample(out, step), expected, 1e-5) << step;
    EXPECT_NEAR(sample(out, step, 1), -expected, 1e-5) << step;
  }
}

TEST(HighPass, EqualsScipysSosfiltfiltAtTheEndsForAContinuationAsLong) {
  const Signals out = high_pass(waves(256, 8192), {.hz = 0.8}, "");  // padlen=666
  for (const auto& [step, expected] : {std::pair{0, 0.00019465672541},
                                       {1, 0.204167099851},
                                       {100, 0.719569206491},
                                       {8191, -0.000449820333493}})
    EXPECT_NEAR(sample(out, step), expected, 1e-5) << step;
  const Signals few = high_pass(waves(256, 50), {.hz = 0.8}, "");  // padlen=49
  for (const auto& [step, expected] :
       {std::pair{0, 0.034597460107}, {25, -0.201597692205}, {49, 0.0595864982079}})
    EXPECT_NEAR(sample(few, step), expected, 1e-5) << step;
}

// sosfilt(sos, x, zi=sosfilt_zi(sos) * x[0]) with sos = butter(6, 0.5, "high", fs=1000, ...).
TEST(HighPass, EqualsScipysSosfiltWhenCausal) {
  const HighPassConfig config{.hz = 0.5, .phase = FilterPhase::causal, .order = 6};
  const Signals out = high_pass(waves(1000, 8192), config, "");
  for (const auto& [step, expected] :
       {std::pair{0, 0.0}, {1, 0.212967522793}, {500, -1.18510693927}, {8191, 0.783744364542}})
    EXPECT_NEAR(sample(out, step), expected, 1e-5) << step;
}

TEST(HighPass, GivesAStreamWhatItGivesARecording) {
  for (const double hz : {0.0, 0.05, 0.8, 100.0}) {
    const HighPassConfig config{.hz = hz, .phase = FilterPhase::causal};
    Signals in = waves(256, 3000);
    if (hz > 0) data_of(in)[1000] = data_of(in)[1001] = kMissing;
    const Signals out = high_pass(in, config, "");
    HighPassFilter filter(config, 256);
    for (int64_t i = 0; i < 3000; ++i) {
      const float streamed = filter.next(in.recordings[0].samples[0][i].item<float>());
      const double expected = sample(out, i);
      ASSERT_EQ(std::isnan(streamed), std::isnan(expected)) << hz << " " << i;
      if (std::isnan(expected)) continue;
      ASSERT_NEAR(streamed, expected, 1e-6) << hz << " " << i;
    }
  }
}

TEST(HighPass, GivesZeroForAConstantFromTheFirstSampleOn) {
  for (const FilterPhase phase : {FilterPhase::zero, FilterPhase::causal}) {
    Signals in = waves(256, 1000);
    std::fill_n(data_of(in), 1000, 1234.5F);
    const Signals out = high_pass(in, {.hz = 0.8, .phase = phase}, "");
    EXPECT_LT(out.recordings[0].samples[0].abs().max().item<double>(), 1e-6);
  }
}

TEST(HighPass, KeepsAFastSineInPhaseAndTakesASlowOneOut) {
  Signals in = waves(250, 10000);
  for (int64_t i = 0; i < 10000; ++i) {
    data_of(in)[i] = static_cast<float>(std::sin(0.2 * static_cast<double>(i)));            // 8 Hz
    data_of(in)[10000 + i] = static_cast<float>(std::sin(0.001 * static_cast<double>(i)));  // 0.04
  }
  const Signals out = high_pass(in, {.hz = 0.8}, "");
  for (int64_t i = 1000; i < 9000; ++i) {
    ASSERT_NEAR(sample(out, i), std::sin(0.2 * static_cast<double>(i)), 1e-3) << i;
    ASSERT_NEAR(sample(out, i, 1), 0, 1e-3) << i;
  }
}

TEST(HighPass, FiltersWhatLiesBetweenMissingSamplesOnItsOwn) {
  Signals gaps = waves(256, 1000);
  data_of(gaps)[0] = data_of(gaps)[400] = kMissing;
  data_of(gaps)[999] = std::numeric_limits<float>::infinity();
  Signals piece = waves(256, 399);
  for (int64_t i = 0; i < 399; ++i) data_of(piece)[i] = wave(i + 1);
  const Signals out = high_pass(gaps, {.hz = 0.8}, "");
  const Signals alone = high_pass(piece, {.hz = 0.8}, "");
  for (const int64_t missing : {0, 400, 999}) EXPECT_TRUE(std::isnan(sample(out, missing)));
  for (int64_t i = 0; i < 399; ++i) ASSERT_EQ(sample(out, i + 1), sample(alone, i)) << i;
  EXPECT_TRUE(out.recordings[0].samples[1].isfinite().all().item<bool>());
}

TEST(HighPass, ReadsSamplesInAnyOrderOfMemoryAndKeepsRecordingsApart) {
  Signals in = waves(256, 500);
  in.recordings.push_back(in.recordings[0]);
  in.recordings.push_back(waves(256, 300).recordings[0]);
  in.recordings[1].samples = in.recordings[1].samples.t().contiguous().t();
  const Signals out = high_pass(in, {.hz = 0.8}, "");
  EXPECT_TRUE(out.recordings[0].samples.equal(out.recordings[1].samples));
  EXPECT_TRUE(out.recordings[2].samples.equal(
      high_pass(waves(256, 300), {.hz = 0.8}, "").recordings[0].samples));
  EXPECT_EQ(out.recordings[2].labels.size(), 1);
  EXPECT_EQ(out.notes,
            (std::vector<std::string>{"high-passed 3 recordings at 0.8 Hz (order 4, zero phase)"}));
}

TEST(HighPass, LeavesSignalsWithoutAnEdge) {
  const Signals in = waves(256, 100);
  const Signals out = high_pass(in, {}, "");
  EXPECT_TRUE(out.recordings[0].samples.is_same(in.recordings[0].samples));
  EXPECT_TRUE(out.notes.empty());
}

TEST(HighPass, RefusesAnEdgeThatTheRateCannotHoldNamingTheRecording) {
  const std::string why = message<ConfigError>([] { high_pass(waves(10, 100), {.hz = 5}, ""); });
  EXPECT_NE(why.find("\"r\""), std::string::npos) << why;
  EXPECT_THROW(high_pass(waves(0, 100), {.hz = 5}, ""), ConfigError);
  EXPECT_THROW(high_pass(waves(100, 100), {.hz = 5, .order = 3}, ""), ConfigError);
  EXPECT_THROW(HighPassFilter({.hz = 50}, 100), ConfigError);
  EXPECT_THROW(HighPassFilter({.hz = 1, .order = 10}, 100), ConfigError);
}

TEST(HighPass, TakesShortAndEmptyRecordings) {
  EXPECT_EQ(sample(high_pass(waves(256, 1), {.hz = 0.8}, ""), 0), 0);
  Signals empty = waves(256, 1);
  empty.recordings[0].samples = at::empty({2, 0}, at::kFloat);
  EXPECT_EQ(high_pass(empty, {.hz = 0.8}, "").recordings[0].length(), 0);
}

TEST(HighPass, ReadsItsConfig) {
  HighPassConfig config;
  read_config(config, {{"hz", 0.5}, {"phase", "causal"}, {"order", 2}});
  EXPECT_EQ(config.phase, FilterPhase::causal);
  EXPECT_THROW(read_config(config, {{"hz", -1}}), ConfigError);
}

}  // namespace
}  // namespace tacit
