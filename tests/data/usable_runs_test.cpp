// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/usable_runs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tacit {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// Fills gaps of up to 3 samples.
DataConfig config_of(Missing missing = Missing::interpolate) {
  DataConfig config;
  config.file.missing = missing;
  config.file.max_gap_seconds = 0.3;
  return config;
}

/// At 10 Hz, one channel.
UsableRuns stream(const DataConfig& config, const std::vector<float>& samples) {
  UsableRuns runs(config, 1, 10);
  for (const float sample : samples) runs.add({&sample, 1});
  return runs;
}

std::string print(std::vector<SampleRun> runs) {
  std::string out;
  for (const SampleRun& run : runs) {
    out += text("[{} {}", run.begin, run.end);
    for (const float row : run.rows) out += text(" {}", row);
    out += text("{}{}{}] ", run.fault.empty() ? "" : " ", run.fault, run.is_jump ? " jump" : "");
  }
  return out;
}

std::string runs_of(const DataConfig& config, const std::vector<float>& samples) {
  UsableRuns runs = stream(config, samples);
  runs.finish();
  return print(runs.take());
}

TEST(UsableRuns, FillsGapsThatAreShort) {
  UsableRuns runs = stream(config_of(), {1, 2, kNan, kNan, kNan, 6});
  EXPECT_EQ(print(runs.take()), "[0 6 1 2 3 4 5 6] ");
  EXPECT_EQ(runs.samples(), 6);
  EXPECT_EQ(runs.filled(), 3);
  runs.skip(2);
  const float sample = 9;
  runs.add({&sample, 1});
  EXPECT_EQ(print(runs.take()), "[6 9 7 8 9] ");
  EXPECT_EQ(runs.samples(), 7);
}

TEST(UsableRuns, EndsAStretchAtALongGap) {
  EXPECT_EQ(runs_of(config_of(), {1, 2, kNan, kNan, kNan, kNan, 7}),
            "[0 2 1 2] [2 6 missing] [6 7 7] ");
  for (const Missing missing : {Missing::drop, Missing::refuse})
    EXPECT_EQ(runs_of(config_of(missing), {1, kNan, 3}), "[0 1 1] [1 2 missing] [2 3 3] ");
}

TEST(UsableRuns, TakesWhatIsNotFiniteAsMissing) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(runs_of(config_of(), {1, kInfinity, -kInfinity, 4}), "[0 4 1 2 3 4] ");
}

TEST(UsableRuns, HasNothingToFillFromAtTheEnds) {
  EXPECT_EQ(runs_of(config_of(), {kNan, kNan, 3, kNan, kNan}),
            "[0 2 missing] [2 3 3] [3 5 missing] ");
}

TEST(UsableRuns, TellsAtOnceWhatIsKnown) {
  UsableRuns runs(config_of(), 1, 10);
  std::string told;
  for (const float sample : {1.0F, kNan, kNan, kNan, kNan, kNan, 7.0F}) {
    runs.add({&sample, 1});
    told += print(runs.take()) + "| ";
  }
  EXPECT_EQ(told, "[0 1 1] | | | | [1 5 missing] | [5 6 missing] | [6 7 7] | ");
}

TEST(UsableRuns, KeepsJumpsApartFromSamplesThatAreMissing) {
  UsableRuns runs = stream(config_of(), {1, kNan, kNan});
  runs.skip(1000);
  runs.skip(5);
  runs.finish();
  EXPECT_EQ(print(runs.take()),
            "[0 1 1] [1 3 missing] [3 1003 missing jump] [1003 1008 missing jump] ");
}

TEST(UsableRuns, KeepsWhatIsKnownOfASampleInAGap) {
  UsableRuns runs(config_of(), 2, 10);
  for (const std::vector<float>& sample : {std::vector<float>{1, 1}, {kNan, 7}, {3, kNan}, {4, 9}})
    runs.add(sample);
  EXPECT_EQ(print(runs.take()), "[0 4 1 1 2 7 3 8 4 9] ");
}

TEST(UsableRuns, JudgesStretchesAndTheRestOfThem) {
  DataConfig config = config_of();
  config.quality = {.enabled = true, .seconds = 1, .min_kurtosis = 0, .min_qrs_share = 0};
  UsableRuns runs(config, 1, 100);
  const auto add = [&](int64_t count, double height) {
    for (int64_t i = 0; i < count; ++i) {
      const auto sample = static_cast<float>(height * std::sin(static_cast<double>(i)));
      runs.add({&sample, 1});
    }
  };
  const auto print_ends = [&] {
    std::string out;
    for (const SampleRun& run : runs.take())
      out += text("[{} {}, {} rows {}] ", run.begin, run.end, run.rows.size(), run.fault);
    return out;
  };
  add(99, 1);
  EXPECT_EQ(print_ends(), "");
  add(1, 1);
  EXPECT_EQ(print_ends(), "[0 100, 100 rows ] ");
  add(150, 0);
  EXPECT_EQ(print_ends(), "[100 200, 0 rows lead_off] ");
  runs.skip(31);  // ends the stretch of 50 samples
  EXPECT_EQ(print_ends(), "[200 250, 0 rows lead_off] [250 281, 0 rows missing] ");
  add(100, 1);
  add(20, 1);
  runs.finish();
  EXPECT_EQ(print_ends(), "[281 401, 120 rows ] ");
}

TEST(UsableRuns, RefusesARateThatQualityCannotJudge) {
  DataConfig config = config_of();
  config.quality.enabled = true;
  EXPECT_THROW(UsableRuns(config, 1, 40), ConfigError);
}

}  // namespace
}  // namespace tacit
