// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/heart_shape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "tacit/core/rng.h"

namespace tacit {
namespace {

using Signal = std::vector<float>;

constexpr double kRate = 256, kInterval = 0.9;

double bell(double x, double width) { return std::exp(-x * x / (2 * width * width)); }

/// The value at a beat's own time, in s since R, of beat number `beat`.
using Beat = std::function<double(double since, int64_t beat)>;

/// Beats at 0.5, 1.4, … s.
Signal lead(const Beat& beat, double seconds = 20) {
  Signal ecg(static_cast<size_t>(seconds * kRate));
  for (size_t t = 0; t < ecg.size(); ++t) {
    const double since_first = static_cast<double>(t) / kRate - 0.5;
    const double number = std::floor((since_first + 0.35) / kInterval);
    ecg[t] = static_cast<float>(beat(since_first - number * kInterval, std::llround(number)));
  }
  return ecg;
}

/// With P of 0.15, Q of -0.1, S of -0.2 and a T of the given height.
double heart(double since, double p, double t) {
  return p * bell(since + 0.16, 0.02) - 0.1 * bell(since + 0.03, 0.01) + bell(since, 0.012) -
         0.2 * bell(since - 0.035, 0.012) + t * bell(since - 0.28, 0.04);
}
Signal typical() {
  return lead([](double since, int64_t) { return heart(since, 0.15, 0.3); });
}

std::vector<double> shape_of(const Signal& ecg) {
  return heart_shape(ecg, kRate, find_beats(ecg, kRate));
}

double value(const std::vector<double>& features, const std::string& name) {
  const std::vector<std::string> names = heart_shape_names();
  EXPECT_EQ(features.size(), names.size());
  const auto at = std::ranges::find(names, name);
  EXPECT_NE(at, names.end()) << name;
  return features.at(static_cast<size_t>(at - names.begin()));
}

TEST(HeartShape, MeasuresTheWavesThatAreThere) {
  const std::vector<double> got = shape_of(typical());
  const double height = value(got, "r_height");
  EXPECT_NEAR(height, 1, 0.1);  // the band takes some of a sharp R
  EXPECT_NEAR(value(got, "p_height") * height, 0.15, 0.04);
  EXPECT_NEAR(value(got, "t_height") * height, 0.3, 0.04);
  EXPECT_NEAR(value(got, "p_seconds"), 0.16, 0.006);
  EXPECT_NEAR(value(got, "t_seconds"), 0.28, 0.006);
  EXPECT_LT(value(got, "s_depth"), value(got, "q_depth"));
  EXPECT_LT(value(got, "q_depth"), 0);
  EXPECT_GT(value(got, "beat_correlation_10"), 0.99);
  EXPECT_GT(value(got, "p_repeats"), 0.95);
  EXPECT_EQ(value(got, "beat_uncorrelated"), 0);
}

TEST(HeartShape, SeesAFlatAndAnInvertedT) {
  const auto t_of = [](double t) {
    const auto got = shape_of(lead([&](double since, int64_t) { return heart(since, 0.15, t); }));
    return value(got, "t_height") * value(got, "r_height");
  };
  EXPECT_LT(t_of(0.1), 0.6 * t_of(0.3));
  EXPECT_NEAR(t_of(-0.3), -0.3, 0.06);
}

TEST(HeartShape, SeesAWiderQrs) {
  const auto wide = shape_of(lead([](double since, int64_t) { return bell(since, 0.03); }));
  const auto narrow = shape_of(lead([](double since, int64_t) { return bell(since, 0.012); }));
  EXPECT_GT(value(wide, "qrs_seconds"), 1.5 * value(narrow, "qrs_seconds"));
}

TEST(HeartShape, SeesThatPIsMissing) {
  Rng rng(1);
  const auto none = shape_of(
      lead([&](double since, int64_t) { return heart(since, 0, 0.3) + rng.normal(0, 0.02); }));
  const auto p = shape_of(
      lead([&](double since, int64_t) { return heart(since, 0.15, 0.3) + rng.normal(0, 0.02); }));
  EXPECT_LT(value(none, "p_energy"), 0.5 * value(p, "p_energy"));
  EXPECT_LT(value(none, "p_repeats"), value(p, "p_repeats"));
}

TEST(HeartShape, CountsBeatsOfAnotherForm) {
  const auto got = shape_of(lead([](double since, int64_t beat) {
    return beat % 5 == 4 ? 1.5 * bell(since, 0.03) - 1.2 * bell(since - 0.15, 0.06)
                         : heart(since, 0.15, 0.3);
  }));
  EXPECT_NEAR(value(got, "beat_uncorrelated"), 0.2, 0.06);
  EXPECT_NEAR(value(got, "steady_share"), 0.6, 0.1);
  EXPECT_LT(value(got, "steady_rr_cv"), 0.02);
  EXPECT_GT(value(got, "beat_unlike"), 2 * value(got, "beat_unlike_median"));
}

TEST(HeartShape, DependsOnTheUnitInItsFirstEntryOnlyAndNotOnTheSign) {
  Rng rng(2);
  Signal ecg = typical();
  for (float& sample : ecg) sample += static_cast<float>(rng.normal(0, 0.02));
  Signal other = ecg;
  for (float& sample : other) sample *= -1024;
  const std::vector<double> one = shape_of(ecg), two = shape_of(other);
  EXPECT_NEAR(two[0], 1024 * one[0], 1e-6 * two[0]);
  for (size_t i = 1; i < one.size(); ++i) EXPECT_NEAR(one[i], two[i], 1e-9) << i;
}

TEST(HeartShape, IsZeroWithoutAWholeBeat) {
  for (const double seconds : {0.1, 0.7}) {
    const Signal ecg = lead([](double since, int64_t) { return heart(since, 0.15, 0.3); }, seconds);
    for (const double feature : heart_shape(ecg, kRate, {{0.5}, true})) EXPECT_EQ(feature, 0);
  }
  for (const double feature : heart_shape(typical(), kRate, {{0.2, 19.7}, true}))
    EXPECT_EQ(feature, 0);
  for (const double feature : heart_shape({}, kRate, {})) EXPECT_EQ(feature, 0);
}

}  // namespace
}  // namespace tacit
