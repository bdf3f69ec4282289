// SPDX-License-Identifier: Apache-2.0
#include "tacit/kernels/time_pool.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tacit/core/error.h"

namespace tacit::kernels {
namespace {

using at::Tensor;

constexpr double kEpsilon = 1e-5;

Tensor random(std::vector<int64_t> shape, uint64_t seed) {
  return at::randn(shape, at::detail::createCPUGenerator(seed));
}

double difference(const Tensor& found, const Tensor& expected) {
  return (found.to(at::kDouble) - expected).abs().max().item<double>();
}

TEST(MaxMeanStd, AgreesWithTheReferenceInDouble) {
  for (const auto& shape : std::vector<std::vector<int64_t>>{
           {1, 1, 1}, {2, 7, 3}, {3, 50, 16}, {2, 97, 64}, {2, 13, 33}, {1, 400, 5}}) {
    SCOPED_TRACE(testing::PrintToString(shape));
    // Far from 0, where a variance as a difference of two means would lose its digits.
    const Tensor x = (random(shape, 1) + 30).requires_grad_();
    const Tensor exact = x.detach().to(at::kDouble).requires_grad_();
    const Tensor y = max_mean_std(x, kEpsilon);
    const Tensor expected = reference::max_mean_std(exact, kEpsilon);
    const Tensor gradient = random({shape[0], 3 * shape[2]}, 2);
    EXPECT_LE(difference(y, expected), 2e-5);
    const Tensor found = torch::autograd::grad({y}, {x}, {gradient})[0];
    const Tensor wanted = torch::autograd::grad({expected}, {exact}, {gradient.to(at::kDouble)})[0];
    EXPECT_LE(difference(found, wanted), shape[1] == 1 ? 2e-5 : 1e-5);
  }
}

TEST(MaxMeanStd, CanBeDifferentiatedTwice) {
  const auto second = [](const Tensor& x) {
    const Tensor y = max_mean_std(x, kEpsilon).square().sum();
    const Tensor first =
        torch::autograd::grad({y}, {x}, {}, std::nullopt, /*create_graph=*/true)[0];
    return torch::autograd::grad({first.square().sum()}, {x})[0];
  };
  const Tensor x = random({2, 5, 3}, 3).requires_grad_();
  const Tensor exact = x.detach().to(at::kDouble).requires_grad_();
  EXPECT_LE(difference(second(x), second(exact)), 1e-4);
}

TEST(MaxMeanStd, DoesNotDependOnThreads) {
  const auto run = [](int threads) {
    const int before = at::get_num_threads();
    at::set_num_threads(threads);
    const Tensor x = random({9, 40, 24}, 4).requires_grad_();
    const Tensor y = max_mean_std(x, kEpsilon);
    y.square().sum().backward();
    at::set_num_threads(before);
    return std::vector<Tensor>{y.detach(), x.grad()};
  };
  const auto one = run(1), two = run(2);
  EXPECT_TRUE(at::equal(one[0], two[0]));
  EXPECT_TRUE(at::equal(one[1], two[1]));
}

TEST(MaxMeanStd, GivesTheGradientOfEqualMaximaToTheFirst) {
  const Tensor x = at::ones({1, 3, 1}).requires_grad_();
  max_mean_std(x, kEpsilon).slice(1, 0, 1).sum().backward();
  EXPECT_TRUE(at::equal(x.grad().flatten(), at::tensor(std::vector<float>{1, 0, 0})));
}

TEST(MaxMeanStd, PassesNanOn) {
  Tensor x = at::zeros({1, 4, 2});
  x[0][2][1] = std::numeric_limits<float>::quiet_NaN();
  const Tensor y = max_mean_std(x, kEpsilon);
  EXPECT_EQ(y.isnan().to(at::kInt).sum().item<int>(), 3);
  EXPECT_FALSE(y[0][0].isnan().item<bool>());
}

TEST(MaxMeanStd, RefusesASequenceWithoutSteps) {
  EXPECT_THROW(max_mean_std(at::zeros({2, 0, 3}), kEpsilon), ShapeError);
  EXPECT_THROW(max_mean_std(at::zeros({2, 3}), kEpsilon), ShapeError);
}

}  // namespace
}  // namespace tacit::kernels
