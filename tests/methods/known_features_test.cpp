// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/known_features.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

namespace tacit {
namespace {

TEST(StandardizeOverRows, GivesEachFeatureMeanZeroAndDeviationOne) {
  const SingleProcess world;
  Tensor x = at::arange(24, at::kFloat).view({8, 3}).square();
  x.select(1, 2).fill_(7);  // equal in all rows
  const Tensor y = standardize_over_rows(x, world);
  EXPECT_LT(y.mean(0).abs().max().item<double>(), 1e-5);
  const Tensor deviation = y.std(0, /*unbiased=*/false);
  EXPECT_NEAR(deviation[0].item<double>(), 1, 1e-4);
  EXPECT_NEAR(deviation[1].item<double>(), 1, 1e-4);
  EXPECT_EQ(y.select(1, 2).abs().max().item<double>(), 0);
}

}  // namespace
}  // namespace tacit
