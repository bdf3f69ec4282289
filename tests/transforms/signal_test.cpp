// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/signal.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "tacit/core/error.h"
#include "tests/transforms/signals.h"

namespace tacit {
namespace {

/// Largest distance between the empirical distribution of the values and N(mean, deviation).
double distance_from_normal(const Tensor& values, double mean, double deviation) {
  const Tensor sorted = std::get<0>(values.flatten().to(at::kDouble).sort());
  const auto count = static_cast<double>(sorted.numel());
  double worst = 0;
  for (int64_t i = 0; i < sorted.numel(); ++i) {
    const double z = (sorted.const_data_ptr<double>()[i] - mean) / deviation;
    const double expected = 0.5 * std::erfc(-z / std::sqrt(2.0));
    worst = std::max({worst, std::abs(expected - static_cast<double>(i) / count),
                      std::abs(expected - static_cast<double>(i + 1) / count)});
  }
  return worst;
}

/// Exceeded by chance once in 100 000 (Kolmogorov's distribution).
double allowed_distance(int64_t count) { return 2.5 / std::sqrt(static_cast<double>(count)); }

TEST(Jitter, AddsIndependentNormalNoise) {
  const Tensor x = random_signals(100, 3, 201);
  Rng rng(1);
  const Tensor noise = jitter({.sigma = 0.3})(x, rng) - x;
  EXPECT_LT(distance_from_normal(noise, 0, 0.3), allowed_distance(noise.numel()));
  EXPECT_NEAR(noise.square().mean().item<double>(), 0.09, 0.003);
  EXPECT_NEAR(noise.pow(4).mean().item<double>(), 3 * 0.09 * 0.09, 0.002);
  // The two halves of a Box-Muller pair sit side by side.
  for (const int64_t lag : {1, 2, 3, 201}) {
    const Tensor flat = noise.flatten();
    const int64_t pairs = flat.numel() - lag;
    const double together =
        (flat.narrow(0, 0, pairs) * flat.narrow(0, lag, pairs)).mean().item<double>() / 0.09;
    EXPECT_NEAR(together, 0, 6 / std::sqrt(static_cast<double>(pairs))) << lag;
  }
}

TEST(Scale, MultipliesEachChannelByANormalFactor) {
  Rng rng(1);
  const Tensor factors = scale({.sigma = 0.1})(at::ones({2000, 3, 4}), rng);
  EXPECT_TRUE(at::equal(factors, factors.narrow(2, 0, 1).expand_as(factors)));
  const Tensor each = factors.select(2, 0);
  EXPECT_LT(distance_from_normal(each, 1, 0.1), allowed_distance(each.numel()));
  EXPECT_FALSE(at::equal(each.select(1, 0), each.select(1, 1)));
  const Tensor x = random_signals(2000, 3, 4);
  Rng replay(1);
  EXPECT_TRUE(at::equal(scale({.sigma = 0.1})(x, replay), x * factors));
}

TEST(Rotation, KeepsLengthsAnglesBetweenTriadsAndHandedness) {
  const Tensor x = random_signals(50, 9, 20).to(at::kDouble);
  Rng rng(1);
  const Tensor y = rotate()(x, rng);
  const auto triad = [](const Tensor& all, int64_t i) { return all.narrow(1, 3 * i, 3); };
  for (int64_t i = 0; i < 3; ++i)
    for (int64_t j = 0; j < 3; ++j)
      EXPECT_TRUE(
          at::allclose((triad(y, i) * triad(y, j)).sum(1), (triad(x, i) * triad(x, j)).sum(1)))
          << i << j;
  const auto volume = [&](const Tensor& all) {
    return (triad(all, 0).cross(triad(all, 1), 1) * triad(all, 2)).sum(1);
  };
  EXPECT_TRUE(at::allclose(volume(y), volume(x)));  // a mirror would change the sign
}

/// The rotation of each row, by what becomes of the three unit vectors: [N, 3, 3].
Tensor matrices(double max_angle, int64_t rows) {
  const Tensor units = at::zeros({rows, 3, 3}, at::kDouble);
  for (int64_t i = 0; i < 3; ++i) units.select(1, i).select(1, i).fill_(1);
  Rng rng(1);
  return rotate({.max_angle = max_angle})(units, rng);
}

/// Of each rotation, in degrees, from its trace: [N].
Tensor angles(const Tensor& turns) {
  const Tensor trace = turns.diagonal(0, 1, 2).sum(1);
  return ((trace - 1) / 2).clamp(-1, 1).acos() * (180 / 3.14159265358979);
}

TEST(Rotation, AnglesAreUniformUpToTheLargest) {
  for (const double largest : {30.0, 180.0}) {
    const Tensor found = std::get<0>(angles(matrices(largest, 4000)).sort());
    EXPECT_LE(found[-1].item<double>(), largest + 1e-6);
    const Tensor uniform = (at::arange(4000, at::kDouble) + 0.5) * (largest / 4000);
    EXPECT_LT((found - uniform).abs().max().item<double>(), largest * allowed_distance(4000));
  }
}

TEST(Rotation, TurnsAboutEveryAxisBothWays) {
  const Tensor turns = matrices(90, 4000);
  for (const auto& [i, j] : {std::pair<int64_t, int64_t>{0, 1}, {1, 2}, {2, 0}}) {
    // Twice the axis' part times the sine of the angle; symmetric about 0, and wide.
    const Tensor part = turns.select(1, i).select(1, j) - turns.select(1, j).select(1, i);
    EXPECT_NEAR(part.mean().item<double>(), 0, 0.1);
    EXPECT_GT(part.abs().mean().item<double>(), 0.3);
  }
}

TEST(Rotation, RefusesChannelsThatAreNotTriads) {
  Rng rng(1);
  EXPECT_THROW(rotate()(random_signals(2, 4, 10), rng), ShapeError);
}

TEST(Negation, Negates) {
  const Tensor x = random_signals(3, 2, 10);
  Rng rng(1);
  EXPECT_TRUE(at::equal(negate()(x, rng), -x));
}

TEST(TimeFlip, ReversesTimeAndIsItsOwnInverse) {
  const Tensor x = random_signals(3, 2, 10);
  Rng rng(1);
  const Tensor y = time_flip()(x, rng);
  for (int64_t t = 0; t < 10; ++t) EXPECT_TRUE(at::equal(y.select(2, t), x.select(2, 9 - t)));
  EXPECT_TRUE(at::equal(time_flip()(y, rng), x));
}

TEST(Permutation, MovesWholeSegmentsOfAllChannelsTogether) {
  const int64_t time = 60;
  const Tensor ramp = at::arange(time, at::kFloat);
  const Tensor x = at::stack({ramp, ramp + 1000}).expand({300, 2, time});
  Rng rng(1);
  const Tensor y = permute({.cuts = 4})(x, rng);
  EXPECT_TRUE(at::equal(y.select(1, 1), y.select(1, 0) + 1000));
  EXPECT_TRUE(at::equal(std::get<0>(y.sort(2)), x));
  const Tensor follows = y.select(1, 0).diff() == 1;
  const Tensor breaks = follows.logical_not().sum(1);  // where one segment ends and another begins
  EXPECT_GE(breaks.min().item<int64_t>(), 1);
  EXPECT_LE(breaks.max().item<int64_t>(), 4);
  EXPECT_EQ(breaks.max().item<int64_t>(), 4);
}

TEST(Permutation, CutsAnywhereAndUsesEveryOrder) {
  const Tensor x = at::arange(4, at::kFloat).expand({4000, 1, 4});
  Rng rng(1);
  const Tensor y = permute({.cuts = 2})(x, rng);
  std::map<std::vector<float>, int> seen;
  for (int64_t row = 0; row < 4000; ++row) {
    const float* values = y.const_data_ptr<float>() + 4 * row;
    ++seen[{values, values + 4}];
  }
  EXPECT_EQ(seen.count({0, 1, 2, 3}), 0U);
  // Three pairs of cuts with five orders each; each rotation comes from two of the pairs, and from
  // one of the single cuts (both draws alike) besides.
  for (const std::vector<float>& rotated :
       {std::vector<float>{1, 2, 3, 0}, {2, 3, 0, 1}, {3, 0, 1, 2}})
    EXPECT_GT(seen[rotated], 300);
  EXPECT_EQ(seen.size(), 12U);
}

TEST(Permutation, ShortestWindows) {
  Rng rng(1);
  const Tensor x = random_signals(20, 1, 2);
  EXPECT_TRUE(at::equal(permute()(x, rng), x.flip({2})));
  const Tensor one = random_signals(20, 1, 1);
  EXPECT_TRUE(at::equal(permute()(one, rng), one));
}

/// The orders that channel_shuffle() gives to this many channels.
std::set<std::vector<float>> orders(int64_t channels) {
  const Tensor x =
      at::arange(channels, at::kFloat).view({1, channels, 1}).expand({2000, channels, 3});
  Rng rng(1);
  const Tensor y = channel_shuffle()(x, rng);
  EXPECT_TRUE(at::equal(y, y.narrow(2, 0, 1).expand_as(y)));
  std::set<std::vector<float>> found;
  for (int64_t row = 0; row < y.size(0); ++row) {
    std::vector<float> order;
    for (int64_t c = 0; c < channels; ++c) order.push_back(y[row][c][0].item<float>());
    found.insert(order);
  }
  return found;
}

TEST(ChannelShuffle, UsesEveryOrderButTheFirst) {
  EXPECT_EQ(orders(2), (std::set<std::vector<float>>{{1, 0}}));
  EXPECT_EQ(orders(3),
            (std::set<std::vector<float>>{{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}));
  EXPECT_EQ(orders(4).size(), 23U);
}

TEST(ChannelShuffle, ExchangesAxesWithinTriads) {
  EXPECT_EQ(orders(6), (std::set<std::vector<float>>{{0, 2, 1, 3, 5, 4},
                                                     {1, 0, 2, 4, 3, 5},
                                                     {1, 2, 0, 4, 5, 3},
                                                     {2, 0, 1, 5, 3, 4},
                                                     {2, 1, 0, 5, 4, 3}}));
}

TEST(ChannelShuffle, RefusesASingleChannel) {
  Rng rng(1);
  EXPECT_THROW(channel_shuffle()(random_signals(2, 1, 10), rng), ShapeError);
}

}  // namespace
}  // namespace tacit
