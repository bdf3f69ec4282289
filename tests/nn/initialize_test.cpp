// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/initialize.h"

#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tacit {
namespace {

class Layer final : public torch::nn::Module {
 public:
  explicit Layer(bool reversed) {
    if (reversed) register_parameter("bias", at::ones({20}));
    register_parameter("weight", at::ones({20, 30, 5}));
    if (!reversed) register_parameter("bias", at::ones({20}));
  }
  at::Tensor get(const std::string& name) const { return named_parameters()[name]; }
};

TEST(Initialize, DrawsWeightsUniformlyWithinGlorotsBoundAndZeroesBiases) {
  Layer layer(false);
  initialize(layer, Rng(3));
  EXPECT_TRUE(layer.get("bias").eq(0).all().item<bool>());
  const double bound = std::sqrt(6.0 / ((20 + 30) * 5));
  const double largest = layer.get("weight").abs().max().item<double>();
  EXPECT_LE(largest, bound * (1 + 1e-6));
  EXPECT_GT(largest, 0.98 * bound);  // 3,000 draws come close to it
  EXPECT_NEAR(layer.get("weight").mean().item<double>(), 0, 0.05 * bound);
  EXPECT_NEAR(layer.get("weight").var().item<double>(), bound * bound / 3, 0.03 * bound * bound);
}

TEST(Initialize, DependsOnNamesAndSeedButNotOnTheOrderOfLayers) {
  Layer a(false), b(true), other(false);
  initialize(a, Rng(3));
  initialize(b, Rng(3));
  initialize(other, Rng(4));
  EXPECT_TRUE(a.get("weight").equal(b.get("weight")));
  EXPECT_FALSE(a.get("weight").equal(other.get("weight")));
}

}  // namespace
}  // namespace tacit
