// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/ecg.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/transforms/signals.h"

namespace tacit {
namespace {

Tensor ramp(int64_t rows, int64_t time) {
  return at::arange(time, at::kDouble).expand({rows, 1, time}).contiguous();
}

TEST(NoiseBelow, HasThePowerOfTheSignalLessTheDecibels) {
  Tensor x = random_signals(50, 2, 2560).to(at::kDouble);
  x.select(1, 1).mul_(7);
  Rng rng(1);
  const Tensor noise = noise_below(15)(x, rng) - x;
  const Tensor ratio = (x.square().mean(-1) / noise.square().mean(-1)).log10() * 10;  // [50, 2]
  EXPECT_LT((ratio - 15).abs().max().item<double>(), 0.6);
  EXPECT_NEAR(ratio.mean().item<double>(), 15, 0.05);
}

TEST(NoiseBelow, LeavesSilenceSilent) {
  Rng rng(1);
  EXPECT_TRUE(noise_below(15)(at::zeros({2, 1, 9}), rng).equal(at::zeros({2, 1, 9})));
}

TEST(PermuteSegments, MovesWholeSegmentsOfEqualLength) {
  Rng rng(1);
  const Tensor y = permute_segments(20)(ramp(30, 2560), rng);
  for (int64_t row = 0; row < 30; ++row) {
    const Tensor segments = y[row][0].view({20, 128});
    EXPECT_TRUE((segments.diff() == 1).all().item<bool>());
    const Tensor starts = segments.select(1, 0) / 128;
    EXPECT_TRUE(std::get<0>(starts.sort()).equal(at::arange(20, at::kDouble)));
    EXPECT_FALSE(starts.equal(at::arange(20, at::kDouble)));
  }
}

TEST(StretchSegments, RunsEachSegmentSlowerOrFaster) {
  Rng rng(1);
  const Tensor y = stretch_segments({})(ramp(40, 2560), rng);
  const Tensor speed = y.diff();  // of a ramp, what a sample advances
  EXPECT_GE(speed.min().item<double>(), 1 / 1.05 - 1e-9);
  EXPECT_LE(speed.max().item<double>(), 1.05 + 1e-9);
  const Tensor slow = (speed - 1 / 1.05).abs() < 1e-9, fast = (speed - 1.05).abs() < 1e-9;
  EXPECT_GT((slow.logical_or(fast)).to(at::kDouble).mean().item<double>(), 0.99);
  // Five of nine segments are stretched to 1.05 of their length, four squeezed to 1 / 1.05.
  const double share = 5 * 1.05 / (5 * 1.05 + 4 / 1.05);
  EXPECT_NEAR(slow.to(at::kDouble).mean().item<double>(), share, 0.01);
}

TEST(StretchSegments, FillsAWindowThatBecameTooShortWithItsLastSample) {
  Rng rng(1);
  const Tensor y =
      stretch_segments({.segments = 4, .stretched = 0, .factor = 2})(ramp(1, 100), rng);
  EXPECT_TRUE((y[0][0].slice(0, 50) == 99).all().item<bool>());
  EXPECT_EQ(y[0][0][10].item<double>(), 20);
}

TEST(EcgTransformations, AreTheSixOfThePaper) {
  std::vector<std::string> names;
  for (const NamedTransform& one : ecg_transformations()) names.push_back(one.name);
  EXPECT_EQ(names, (std::vector<std::string>{"noise", "scaling", "negation", "inversion",
                                             "permutation", "time_warp"}));
  const Tensor x = random_signals(2, 1, 40);
  Rng rng(1);
  EXPECT_TRUE(ecg_transformations()[1].apply(x, rng).allclose(x * 1.1));
  EXPECT_TRUE(ecg_transformations()[2].apply(x, rng).equal(-x));
  EXPECT_TRUE(ecg_transformations()[3].apply(x, rng).equal(x.flip({2})));
}

}  // namespace
}  // namespace tacit
