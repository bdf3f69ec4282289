// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/lbfgs.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

namespace tacit {
namespace {

Evaluation rosenbrock(const Tensor& place) {
  const double x = place.select(0, 0).item<double>(), y = place.select(0, 1).item<double>();
  const double valley = y - x * x;
  return {(1 - x) * (1 - x) + 100 * valley * valley,
          at::tensor({-2 * (1 - x) - 400 * x * valley, 200 * valley}, at::kDouble)};
}

TEST(Lbfgs, FollowsTheBananaValley) {
  const Minimum got = minimize(rosenbrock, at::tensor({-1.2, 1.0}, at::kDouble), {});
  EXPECT_LE(got.gradient, 1e-6);
  EXPECT_NEAR(got.place.select(0, 0).item<double>(), 1, 1e-6);
  EXPECT_NEAR(got.place.select(0, 1).item<double>(), 1, 1e-6);
  EXPECT_LT(got.iterations, 100);
}

TEST(Lbfgs, SolvesABadlyScaledQuadratic) {
  const Tensor scale = at::tensor({1e-2, 1.0, 1e4}, at::kDouble);
  const auto bowl = [&](const Tensor& place) {
    return Evaluation{(scale * (place - 3).square()).sum().item<double>() / 2, scale * (place - 3)};
  };
  const Minimum got = minimize(bowl, at::tensor({0.0, 0.0, 0.0}, at::kDouble), {.tolerance = 1e-9});
  EXPECT_TRUE(got.place.allclose(at::tensor({3.0, 3.0, 3.0}, at::kDouble), 1e-6, 1e-6));
}

TEST(Lbfgs, StaysAtAMinimum) {
  const Minimum got = minimize(rosenbrock, at::tensor({1.0, 1.0}, at::kDouble), {});
  EXPECT_EQ(got.iterations, 0);
}

TEST(Lbfgs, StopsAtTheLimit) {
  const Minimum got =
      minimize(rosenbrock, at::tensor({-1.2, 1.0}, at::kDouble), {.max_iterations = 3});
  EXPECT_EQ(got.iterations, 3);
  EXPECT_GT(got.gradient, 1e-6);
}

}  // namespace
}  // namespace tacit
