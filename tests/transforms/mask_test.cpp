// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/mask.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include <set>

namespace tacit {
namespace {

TEST(MaskStretch, HidesOneStretchOfTheStatedLengthInAllChannels) {
  Rng rng(1);
  const Tensor y = mask_stretch({.share = 0.25})(at::ones({200, 3, 40}), rng);
  std::set<int64_t> starts;
  for (int64_t row = 0; row < y.size(0); ++row) {
    const Tensor hidden = (y[row] == 0).nonzero();  // [3 * 10, 2] channel, time
    ASSERT_EQ(hidden.size(0), 30);
    const Tensor times = hidden.select(1, 1).view({3, 10});
    EXPECT_TRUE(times[0].equal(times[1]) && times[0].equal(times[2]));
    EXPECT_EQ((times[0][9] - times[0][0]).item<int64_t>(), 9);  // without a hole
    starts.insert(times[0][0].item<int64_t>());
  }
  EXPECT_EQ(*starts.begin(), 0);    // every place is possible,
  EXPECT_EQ(*starts.rbegin(), 30);  // also both ends
}

TEST(MaskStretch, ShareZeroChangesNothingAndOneHidesAll) {
  Rng rng(1);
  const Tensor x = at::ones({4, 2, 9});
  EXPECT_TRUE(mask_stretch({.share = 0})(x, rng).equal(x));
  EXPECT_EQ(mask_stretch({.share = 1})(x, rng).abs().sum().item<double>(), 0);
}

}  // namespace
}  // namespace tacit
