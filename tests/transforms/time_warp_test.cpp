// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/time_warp.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "tests/transforms/signals.h"

namespace tacit {
namespace {

Tensor warp(const Tensor& x, const TimeWarpConfig& config = {}) {
  Rng rng(1);
  return time_warp(config)(x, rng);
}

TEST(TimeWarp, KeepsEndsAndRange) {
  const Tensor x = random_signals(100, 3, 90);
  const Tensor y = warp(x);
  EXPECT_TRUE(at::equal(y.select(2, 0), x.select(2, 0)));
  EXPECT_TRUE(at::equal(y.select(2, 89), x.select(2, 89)));
  EXPECT_TRUE((y.amax(2) <= x.amax(2)).all().item<bool>());
  EXPECT_TRUE((y.amin(2) >= x.amin(2)).all().item<bool>());
}

TEST(TimeWarp, NeverTurnsTimeBack) {
  const Tensor ramp = at::arange(400, at::kDouble).expand({200, 3, 400});
  for (const double sigma : {0.2, 3.0}) {  // at 3, a third of the drawn speeds are negative
    const Tensor y = warp(ramp, {.sigma = sigma});
    EXPECT_GT(y.diff().min().item<double>(), 0) << sigma;
  }
}

TEST(TimeWarp, MovesSamplesMoreWithLargerSigma) {
  const Tensor ramp = at::arange(400, at::kDouble).expand({200, 3, 400});
  const auto moved = [&](double sigma) {
    return (warp(ramp, {.sigma = sigma}) - ramp).abs().mean().item<double>();
  };
  EXPECT_GT(moved(0.05), 1.0);
  EXPECT_NEAR(moved(0.1) / moved(0.05), 2, 0.2);
  EXPECT_LT(moved(0.2), 40);
}

TEST(TimeWarp, WarpsSmoothlyAndInterpolatesLinearly) {
  // On a ramp the result is the warp itself; through it, any other signal must come out the same.
  const Tensor ramp = at::arange(200, at::kDouble).expand({20, 2, 200});
  const Tensor x = random_signals(20, 2, 200).to(at::kDouble);
  const Tensor places = warp(ramp), y = warp(x);
  EXPECT_LT(places.diff().diff().abs().max().item<double>(), 0.2);
  double worst = 0;
  for (int64_t n = 0; n < 20; ++n)
    for (int64_t c = 0; c < 2; ++c)
      for (int64_t t = 0; t < 199; ++t) {
        const double place = places[n][c][t].item<double>();
        const auto left = std::min<int64_t>(198, static_cast<int64_t>(place));
        const double share = place - static_cast<double>(left);
        const double expected =
            (1 - share) * x[n][c][left].item<double>() + share * x[n][c][left + 1].item<double>();
        worst = std::max(worst, std::abs(expected - y[n][c][t].item<double>()));
      }
  EXPECT_LT(worst, 1e-9);
}

TEST(TimeWarp, DrawsForEachChannelOnItsOwn) {
  const Tensor y = warp(at::arange(100, at::kFloat).expand({1, 2, 100}));
  EXPECT_FALSE(at::equal(y[0][0], y[0][1]));
}

TEST(NaturalCubicSpline, PassesThroughItsKnots) {
  const std::vector<double> knots{1, 0.5, 2, -1, 0.7, 3};
  const std::vector<double> values = natural_cubic_spline(knots, 5 * 20 + 1);
  for (size_t i = 0; i < knots.size(); ++i) EXPECT_NEAR(values[20 * i], knots[i], 1e-12);
}

TEST(NaturalCubicSpline, IsTwiceContinuouslyDifferentiableWithNaturalEnds) {
  const std::vector<double> knots{1, 0.5, 2, -1, 0.7, 3};
  const int per_knot = 1000;
  const std::vector<double> v = natural_cubic_spline(knots, 5 * per_knot + 1);
  const double h = 1.0 / per_knot;
  std::vector<double> second;
  for (size_t i = 1; i + 1 < v.size(); ++i)
    second.push_back((v[i - 1] - 2 * v[i] + v[i + 1]) / (h * h));
  EXPECT_NEAR(second.front(), 0, 0.1);
  EXPECT_NEAR(second.back(), 0, 0.1);
  for (size_t i = 1; i < second.size(); ++i)  // third derivatives are below 40 here
    EXPECT_LT(std::abs(second[i] - second[i - 1]), 40 * h) << i;
}

TEST(NaturalCubicSpline, IsTheClosedFormForThreeKnots) {
  // y(s) on the first piece of knots (0, 1, 0): 1.5 s - 0.5 s^3.
  const std::vector<double> values = natural_cubic_spline(std::array{0.0, 1.0, 0.0}, 9);
  for (size_t i = 0; i <= 4; ++i) {
    const double s = 0.25 * static_cast<double>(i);
    EXPECT_NEAR(values[i], 1.5 * s - 0.5 * s * s * s, 1e-12);
    EXPECT_NEAR(values[8 - i], values[i], 1e-12);
  }
}

TEST(NaturalCubicSpline, TwoKnotsAreALine) {
  EXPECT_EQ(natural_cubic_spline(std::array{1.0, 2.0}, 5),
            (std::vector<double>{1, 1.25, 1.5, 1.75, 2}));
}

}  // namespace
}  // namespace tacit
