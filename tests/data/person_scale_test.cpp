// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/person_scale.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// Sorted, without what is not finite.
std::vector<double> sorted(const std::vector<float>& samples) {
  std::vector<double> out;
  for (const float sample : samples)
    if (std::isfinite(sample)) out.push_back(static_cast<double>(sample));
  std::ranges::sort(out);
  return out;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// By sorting: the deviation of the middle 95 %.
double trimmed_deviation(const std::vector<float>& samples) {
  std::vector<double> values = sorted(samples);
  const auto cut = static_cast<std::ptrdiff_t>(values.size() / 40);
  values = {values.begin() + cut, values.end() - cut};
  const double mean = mean_of(values);
  for (double& value : values) value = (value - mean) * (value - mean);
  return std::sqrt(mean_of(values));
}

std::vector<float> normal(size_t count, float mean, float deviation, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> draw(mean, deviation);
  std::vector<float> out(count);
  for (float& sample : out) sample = draw(engine);
  return out;
}

/// One channel.
Recording recording(const std::string& name, const std::string& subject,
                    const std::vector<float>& samples) {
  const auto length = static_cast<int64_t>(samples.size());
  Recording out = counting(name, subject, {{0, length, 0}}, 1);
  std::ranges::copy(samples, out.samples.mutable_data_ptr<float>());
  return out;
}

std::vector<float> samples_of(const Recording& recording) {
  const Tensor row = recording.samples[0].contiguous();
  return {row.const_data_ptr<float>(), row.const_data_ptr<float>() + row.numel()};
}

std::vector<float> joined(std::vector<float> first, const std::vector<float>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TEST(PersonScale, TakesTheMiddleOfAllSamples) {
  const std::vector<float> samples = normal(10007, 3, 2, 1);
  const ChannelScale scale = trimmed_scale(samples);
  EXPECT_NEAR(scale.mean, mean_of(sorted(samples)), 1e-9);
  EXPECT_NEAR(scale.deviation, trimmed_deviation(samples), 1e-9);
  EXPECT_NEAR(scale.deviation, 2 * 0.871, 0.03);  // of the middle 95 % of a normal distribution
}

TEST(PersonScale, IsNotMovedByAFewArtefactsButForTheMean) {
  std::vector<float> samples = normal(10000, 0, 1, 2);
  const ChannelScale before = trimmed_scale(samples);
  for (size_t i = 0; i < 20; ++i) samples[i * 500] = 1e6F;
  const ChannelScale after = trimmed_scale(samples);
  EXPECT_NEAR(after.deviation, before.deviation, 0.01);
  EXPECT_NEAR(after.mean, before.mean + 2000, 1);
}

TEST(PersonScale, ScalesEachPersonByAllOfTheirRecordings) {
  const std::vector<float> low = normal(4000, -50, 1, 3), high = normal(8000, 70, 9, 4);
  Signals in{{"ecg"}, {"a"}, {}, {}};
  in.recordings = {recording("1", "ann", low), recording("2", "bob", high),
                   recording("3", "ann", high)};
  const Signals out = scale_people(in, "");
  const std::vector<float> ann =
      joined(samples_of(out.recordings[0]), samples_of(out.recordings[2]));
  EXPECT_NEAR(mean_of(sorted(ann)), 0, 1e-5);
  EXPECT_NEAR(trimmed_deviation(ann), 1, 1e-5);
  const std::vector<float> bob = samples_of(out.recordings[1]);
  EXPECT_NEAR(mean_of(sorted(bob)), 0, 1e-5);
  EXPECT_NEAR(trimmed_deviation(bob), 1, 1e-5);
  EXPECT_LT(mean_of(sorted(samples_of(out.recordings[0]))), -1);  // not by the recording's own mean
  EXPECT_EQ(out.notes,
            (std::vector<std::string>{"scaled 3 recordings of 2 people, each person on its own"}));
}

TEST(PersonScale, TakesPiecesOfOneRecordingTogetherWhereNobodyIsNamed) {
  Signals in{{"ecg"}, {"a"}, {}, {}};
  in.recordings = {recording("ann", "", normal(1000, 0, 1, 5)),
                   recording("ann", "", normal(1000, 10, 1, 6)),
                   recording("x", "ann", normal(1000, 500, 1, 7))};
  const Signals out = scale_people(in, "");
  const std::vector<float> pieces =
      joined(samples_of(out.recordings[0]), samples_of(out.recordings[1]));
  EXPECT_NEAR(mean_of(sorted(pieces)), 0, 1e-5);
  EXPECT_NEAR(mean_of(sorted(samples_of(out.recordings[2]))), 0, 1e-4);
}

TEST(PersonScale, ScalesChannelsApartInAnyOrderOfMemory) {
  Signals in = people(2, 400);
  in.recordings[1].samples = in.recordings[1].samples.t().contiguous().t();
  const Signals out = scale_people(in, "");
  for (const Recording& each : out.recordings) {
    EXPECT_LT(each.samples.mean(1).abs().max().item<double>(), 1e-5);
    EXPECT_TRUE(each.samples[0].allclose(each.samples[1], 1e-5, 1e-5));  // the same but for a level
    EXPECT_EQ(each.labels.size(), 2);
  }
  EXPECT_EQ(in.recordings[0].samples[1][3].item<float>(), 1003);  // what came in is as it was
}

TEST(PersonScale, LeavesAConstantAtZeroAndMissingSamplesMissing) {
  const float missing = std::numeric_limits<float>::quiet_NaN();
  const ChannelScale constant = trimmed_scale(std::vector<float>(100, 9.81F));
  EXPECT_EQ(constant.deviation, 1);
  std::vector<float> rounded(100, 9.81F);
  for (size_t i = 0; i < 50; ++i) rounded[i] = std::nextafter(9.81F, 10.0F);
  EXPECT_EQ(trimmed_scale(rounded).deviation, 1);
  EXPECT_NEAR(constant.apply(9.81F), 0, 1e-6);
  EXPECT_EQ(trimmed_scale({missing, missing}).deviation, 1);
  EXPECT_EQ(trimmed_scale({}).mean, 0);
  EXPECT_EQ(trimmed_scale({5}).mean, 5);
  Signals in{{"ecg"}, {"a"}, {recording("1", "ann", {1, missing, 3})}, {}};
  const std::vector<float> out = samples_of(scale_people(in, "").recordings[0]);
  EXPECT_FLOAT_EQ(out[0], -1);
  EXPECT_TRUE(std::isnan(out[1]));
  EXPECT_FLOAT_EQ(out[2], 1);
}

/// A beat a second at 250 Hz, in mV about `level`.
std::vector<float> beats(size_t count, float level) {
  std::vector<float> out = normal(count, level, 0.02F, 8);
  for (size_t i = 0; i < count; ++i) {
    const double phase = static_cast<double>(i % 250) / 250;
    const auto bump = [&](double at, double width) {
      return std::exp(-0.5 * std::pow((phase - at) / width, 2));
    };
    out[i] += static_cast<float>(bump(0.3, 0.012) + 0.25 * bump(0.6, 0.04));
  }
  return out;
}

void compare(const std::string& what, const std::vector<float>& samples, double tolerance) {
  RunningScale running;
  for (const float sample : samples) running.add(sample);
  const ChannelScale exact = trimmed_scale(samples), scale = running.scale();
  EXPECT_EQ(running.count(), static_cast<int64_t>(sorted(samples).size())) << what;
  EXPECT_NEAR(scale.mean, exact.mean, 1e-9 * (1 + std::abs(exact.mean))) << what;
  EXPECT_NEAR(scale.deviation / exact.deviation, 1, tolerance) << what;
}

TEST(RunningScale, AgreesWithTheExactScale) {
  compare("normal", normal(100000, 0, 1, 9), 1e-5);
  compare("far from 0", normal(100000, 5000, 1, 10), 1e-5);
  compare("tiny", normal(100000, 0, 1e-20F, 11), 1e-5);
  compare("beats", beats(100000, 0), 1e-5);
  compare("beats far from 0", beats(100000, -7), 1e-5);
  std::vector<float> ramp = normal(100000, 0, 1, 12);
  std::ranges::sort(ramp);
  compare("rising", ramp, 1e-5);
  std::ranges::reverse(ramp);
  compare("falling", ramp, 1e-5);
  std::vector<float> coarse = normal(100000, 0, 3, 13);
  for (float& sample : coarse) sample = std::round(sample);
  compare("whole numbers", coarse, 1e-5);
}

TEST(RunningScale, AgreesAfterArtefactsAThousandTimesAsLarge) {
  std::vector<float> samples = beats(100000, 0);
  for (size_t i = 0; i < samples.size(); i += 5000) samples[i] = i % 2000 == 0 ? 150.0F : -90.0F;
  compare("early and late", samples, 5e-3);
  std::rotate(samples.begin(), samples.begin() + 1, samples.end());
  compare("late", samples, 5e-3);
}

TEST(RunningScale, IsTheScaleSoFar) {
  const std::vector<float> samples = beats(20000, 3);
  RunningScale running;
  EXPECT_EQ(running.scale().deviation, 1);
  for (size_t i = 0; i < samples.size(); ++i) {
    running.add(samples[i]);
    if (i % 4000 != 3999) continue;
    const std::vector<float> so_far(samples.begin(),
                                    samples.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    EXPECT_NEAR(running.scale().deviation / trimmed_deviation(so_far), 1, 1e-4) << i;
  }
}

TEST(RunningScale, TakesConstantsMissingSamplesAndAllOfFloat) {
  RunningScale constant;
  for (int i = 0; i < 100; ++i) constant.add(-4.5F);
  EXPECT_EQ(constant.scale().mean, -4.5);
  EXPECT_EQ(constant.scale().deviation, 1);
  compare("a constant, then others", joined(std::vector<float>(500, 2), normal(99500, 2, 1, 14)),
          1e-4);
  compare("missing",
          joined(normal(50000, 0, 1, 15),
                 {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}),
          1e-4);
  RunningScale wide;
  for (const float sample : {1e-38F, 2e-38F, 3e38F, -3e38F, 0.0F}) wide.add(sample);
  EXPECT_TRUE(std::isfinite(wide.scale().deviation));
}

}  // namespace
}  // namespace tacit
