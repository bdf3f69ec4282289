// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/heart_features.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "tacit/core/error.h"
#include "tacit/core/rng.h"

namespace tacit {
namespace {

constexpr double kRate = 256;

int64_t column(const std::string& name) {
  const std::vector<std::string> names = heart_feature_names({"ecg"});
  const auto at = std::ranges::find(names, name + " ecg");
  EXPECT_NE(at, names.end()) << name;
  return at - names.begin();
}
double value(const Tensor& features, int64_t row, const std::string& name) {
  return features[row][column(name)].item<double>();
}

/// Ten seconds in which sharp peaks come `interval` s apart. -> [T]
Tensor pulses(double interval) {
  const Tensor now = at::arange(2560, at::kDouble) / kRate - 0.4;
  const Tensor since = now - (now / interval).round() * interval;
  return ((-since.square() / (2 * 0.012 * 0.012)).exp() +
          0.2 * (-(since - 0.2).square() / (2 * 0.03 * 0.03)).exp())
      .to(at::kFloat);
}
Tensor noise(uint64_t seed, int64_t length = 2560) {
  Rng rng(seed);
  Tensor x = at::zeros({length});
  for (int64_t t = 0; t < length; ++t) x[t] = rng.normal();
  return x;
}
/// [T] … -> [N, 1, T]
Tensor windows(const std::vector<Tensor>& rows) { return at::stack(rows).unsqueeze(1); }

TEST(HeartFeatures, SayTheRateOfATrainOfPulses) {
  const std::vector<double> intervals = {0.4, 0.75, 1.3};
  std::vector<Tensor> rows;
  for (const double interval : intervals) rows.push_back(pulses(interval));
  const Tensor got = heart_features(windows(rows), kRate);
  for (size_t i = 0; i < intervals.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    EXPECT_NEAR(value(got, row, "rr_mean"), intervals[i], 1e-3);
    EXPECT_NEAR(value(got, row, "rr_sdnn"), 0, 3e-3);
    EXPECT_NEAR(value(got, row, "beats_a_second"), 1 / intervals[i], 0.1);
    EXPECT_GT(value(got, row, "beat_correlation"), 0.99);
  }
}

TEST(HeartFeatures, AreAlwaysFinite) {
  const Tensor broken = pulses(0.8).clone();
  broken[100] = std::numeric_limits<float>::quiet_NaN();
  broken[900] = std::numeric_limits<float>::infinity();
  const Tensor got = heart_features(
      windows({at::zeros({2560}), at::full({2560}, 0.7f), noise(1), 1e-30 * noise(2),
               1e30 * noise(3), at::full({2560}, std::numeric_limits<float>::quiet_NaN()), broken,
               noise(4) > 3, at::arange(2560, at::kFloat)}),
      kRate);
  EXPECT_TRUE(at::isfinite(got).all().item<bool>());
  for (const int64_t length : {4, 5, 70, 200})
    EXPECT_TRUE(
        at::isfinite(heart_features(windows({noise(5, length), at::zeros({length})}), kRate))
            .all()
            .item<bool>())
        << length;
}

TEST(HeartFeatures, OfAFlatWindowAreZero) {
  const Tensor got = heart_features(windows({at::zeros({2560}), at::full({2560}, 0.7f)}), kRate);
  EXPECT_EQ(got.abs().max().item<double>(), 0);
}

TEST(HeartFeatures, DoNotDependOnSignAndOffsetAndBarelyOnTheUnit) {
  const Tensor ecg = pulses(0.8) + 0.02 * noise(6);
  const Tensor got = heart_features(windows({ecg, -ecg + 3, 1024 * ecg}), kRate);
  EXPECT_TRUE(got[1].allclose(got[0], 1e-3, 1e-4)) << (got[1] - got[0]).abs().max();
  const std::vector<std::string> names = heart_feature_names({"ecg"});
  for (size_t i = 0; i < names.size(); ++i) {
    const auto f = static_cast<int64_t>(i);
    const bool in_units = f == column("r_height") || f == column("std") || f == column("largest");
    const double one = got[0][f].item<double>(), other = got[2][f].item<double>();
    EXPECT_NEAR(other, in_units ? 1024 * one : one, 1e-4 * std::abs(other) + 1e-5) << names[i];
  }
}

TEST(HeartFeatures, ShareThePowerOutAmongBands) {
  const Tensor angle = at::arange(2560, at::kDouble) / kRate * 2 * std::numbers::pi;
  const auto sine = [&](double hz) { return (hz * angle).sin().to(at::kFloat); };
  const Tensor got = heart_features(
      windows({sine(0.5), sine(3), 2 * sine(8) + sine(20), sine(60), noise(7)}), kRate);
  EXPECT_NEAR(value(got, 0, "power_below_1hz"), 1, 1e-6);
  EXPECT_NEAR(value(got, 1, "power_1_5hz"), 1, 1e-6);
  EXPECT_NEAR(value(got, 2, "power_5_15hz"), 0.8, 1e-6);
  EXPECT_NEAR(value(got, 2, "power_4_10hz"), 0.8, 1e-6);
  EXPECT_NEAR(value(got, 2, "power_15_40hz"), 0.2, 1e-6);
  EXPECT_NEAR(value(got, 3, "power_above_40hz"), 1, 1e-6);
  EXPECT_LT(value(got, 3, "spectral_entropy"), 0.01);
  EXPECT_GT(value(got, 4, "spectral_entropy"), 0.9);
}

TEST(HeartFeatures, DescribeTheSamplesThemselves) {
  const Tensor got = heart_features(windows({noise(8), pulses(0.8)}), kRate);
  EXPECT_NEAR(value(got, 0, "std"), 1, 0.05);
  EXPECT_NEAR(value(got, 0, "kurtosis"), 3, 0.3);
  EXPECT_NEAR(value(got, 0, "skewness"), 0, 0.15);
  EXPECT_NEAR(value(got, 0, "difference"), 2 / std::sqrt(std::numbers::pi), 0.05);
  EXPECT_EQ(value(got, 0, "flat"), 0);
  EXPECT_GT(value(got, 1, "kurtosis"), 10);
  EXPECT_NEAR(value(got, 1, "largest"), 1, 0.01);
}

TEST(HeartFeatures, OfARowAndAChannelDoNotDependOnOthers) {
  const Tensor one = pulses(0.8), two = noise(9), three = pulses(0.6);
  const Tensor x = at::stack({at::stack({one, two}), at::stack({three, one})});  // [2, 2, T]
  const Tensor got = heart_features(x, kRate);
  const Tensor alone = heart_features(windows({one, two, three, one}), kRate);
  EXPECT_TRUE(got.view({4, -1}).equal(alone));
  const auto names = heart_feature_names({"left", "right"});
  ASSERT_EQ(static_cast<int64_t>(names.size()), got.size(1));
  EXPECT_EQ(names.front(), "beats_a_second left");
  EXPECT_EQ(names.back(), "spectral_entropy right");
  EXPECT_EQ(heart_features(at::zeros({0, 1, 100}), kRate).size(0), 0);
}

TEST(HeartFeatures, RefuseWhatHasNoTimeOrTooFewSamplesASecond) {
  EXPECT_THROW(heart_features(at::zeros({2, 300}), kRate), ShapeError);
  EXPECT_THROW(heart_features(at::zeros({2, 0, 300}), kRate), ShapeError);
  EXPECT_THROW(heart_features(at::zeros({2, 1, 3}), kRate), ShapeError);
  EXPECT_THROW(heart_features(at::zeros({2, 1, 300}), 49), ConfigError);
  EXPECT_THROW(heart_features(at::zeros({0, 1, 300}), 49), ConfigError);
}

}  // namespace
}  // namespace tacit
