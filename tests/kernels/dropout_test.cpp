// SPDX-License-Identifier: Apache-2.0
#include "tacit/kernels/dropout.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"

namespace tacit::kernels {
namespace {

TEST(Dropout, KeepsTheExpectedShareAndTheMean) {
  for (const double probability : {0.0, 0.1, 0.5, 0.9}) {
    const at::Tensor y = kernels::dropout(at::ones({1000, 1000}), probability, 7);
    const double kept = (y != 0).to(at::kDouble).mean().item<double>();
    EXPECT_NEAR(kept, 1 - probability, 5 * std::sqrt(0.25e-6)) << probability;
    EXPECT_NEAR(y.to(at::kDouble).mean().item<double>(), 1, 0.02) << probability;
  }
}

TEST(Dropout, NeighboursAndSeedsAreIndependent) {
  const at::Tensor a = (kernels::dropout(at::ones({1 << 20}), 0.5, 1) != 0).to(at::kDouble) - 0.5;
  const at::Tensor b = (kernels::dropout(at::ones({1 << 20}), 0.5, 2) != 0).to(at::kDouble) - 0.5;
  EXPECT_NEAR((a * b).mean().item<double>(), 0, 2e-3);
  for (const int64_t lag : {1, 2, 16, 32, 1 << 15})
    EXPECT_NEAR((a.slice(0, lag) * a.slice(0, 0, a.numel() - lag)).mean().item<double>(), 0, 2e-3)
        << lag;
}

TEST(Dropout, GradientUsesTheSameMask) {
  at::Tensor x = at::ones({3, 70001}).requires_grad_(true);
  const at::Tensor y = kernels::dropout(x, 0.3, 99);
  y.sum().backward();
  EXPECT_TRUE(at::equal(x.grad(), y.detach()));
}

TEST(Dropout, DoesNotDependOnThreads) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor one = kernels::dropout(at::ones({300001}), 0.2, 5);
  at::set_num_threads(2);
  const at::Tensor two = kernels::dropout(at::ones({300001}), 0.2, 5);
  at::set_num_threads(threads);
  EXPECT_TRUE(at::equal(one, two));
}

TEST(Dropout, RefusesAProbabilityOfOne) {
  EXPECT_THROW(kernels::dropout(at::ones({2}), 1.0, 0), ConfigError);
}

}  // namespace
}  // namespace tacit::kernels
