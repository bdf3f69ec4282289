// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/kernel_distance.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "tacit/core/error.h"

namespace tacit {
namespace {

// scikit-learn 1.9.1, features() as in Python:
//   i, j = np.arange(n)[:, None], np.arange(d)[None, :]
//   (np.sin((i+1)**2*(0.7 + 0.31*j) + phase)*(1 + 0.1*j) + phase*0.2).astype(np.float32)
//   x, y = features(70, 6, 0.0).astype(float), features(50, 6, 1.3).astype(float); n, m = 70, 50
//   kx, ky = polynomial_kernel(x, degree=3), polynomial_kernel(y, degree=3)
//   (kx.sum() - np.trace(kx))/(n*(n-1)) + (ky.sum() - np.trace(ky))/(m*(m-1))
//     - 2*polynomial_kernel(x, y, degree=3).mean()
Tensor features(int64_t n, int64_t d, double phase) {
  const Tensor i = at::arange(1, n + 1, at::kDouble).unsqueeze(1), j = at::arange(d, at::kDouble);
  return ((i.square() * (0.7 + 0.31 * j) + phase).sin() * (1 + 0.1 * j) + phase * 0.2)
      .to(at::kFloat);
}

Tensor normals(int64_t n, int64_t d, Rng rng) {
  Tensor x = at::empty({n, d}, at::kFloat);
  for (int64_t i = 0; i < x.numel(); ++i)
    x.mutable_data_ptr<float>()[i] = static_cast<float>(rng.normal());
  return x;
}

TEST(KernelDistance, MatchesScikitLearn) {
  EXPECT_NEAR(polynomial_mmd(features(70, 6, 0.0), features(50, 6, 1.3)) / 0.4795751428639021, 1,
              1e-6);
  EXPECT_NEAR(polynomial_mmd(features(50, 6, 0.0), features(50, 6, 1.3)) / 0.36286177543313203, 1,
              1e-6);
}

TEST(KernelDistance, LeavesOutARowWithItself) {
  // k(1, 3) = 64, k(0, 2) = 1, and 1, 27, 1, 343 between.
  EXPECT_NEAR(
      polynomial_mmd(at::tensor({1.f, 3.f}).view({2, 1}), at::tensor({0.f, 2.f}).view({2, 1})),
      64 + 1 - 2 * 93, 1e-12);
}

TEST(KernelDistance, CountsEachPairOfMoreThanOneChunk) {
  const int64_t n = 1500, m = 1100;
  const Tensor x = features(n, 2, 0).to(at::kDouble), y = features(m, 2, 0.8).to(at::kDouble);
  const auto mean = [](const Tensor& a, const Tensor& b, bool same) {
    double sum = 0;
    for (int64_t i = 0; i < a.size(0); ++i)
      for (int64_t j = 0; j < b.size(0); ++j) {
        const double* const p = a.const_data_ptr<double>() + 2 * i;
        const double* const q = b.const_data_ptr<double>() + 2 * j;
        if (!same || i != j) sum += std::pow((p[0] * q[0] + p[1] * q[1]) / 2 + 1, 3);
      }
    return sum / static_cast<double>(a.size(0) * (b.size(0) - (same ? 1 : 0)));
  };
  EXPECT_NEAR(polynomial_mmd(x, y), mean(x, x, true) + mean(y, y, true) - 2 * mean(x, y, false),
              1e-10);
}

TEST(KernelDistance, IsWithoutBiasOnEqualDistributions) {
  const Rng rng(11);
  const int64_t times = 400;
  std::vector<double> got;
  for (uint64_t i = 0; i < times; ++i)
    got.push_back(
        polynomial_mmd(normals(20, 3, rng.stream(2 * i)), normals(20, 3, rng.stream(2 * i + 1))));
  const Tensor values = at::tensor(got, at::kDouble);
  const double error = values.std().item<double>() / std::sqrt(static_cast<double>(times));
  EXPECT_LT(std::abs(values.mean().item<double>()), 3 * error);
  // With the diagonal it would be 2 (E k(x, x) - E k(x, y)) / 20 = 2 (12.44 - 2) / 20 about.
  EXPECT_LT(20 * error, 1.0);
}

TEST(KernelDistance, AveragesOverSubsets) {
  const Tensor x = features(70, 6, 0), y = features(50, 6, 1.3);
  const KernelDistance got = kernel_distance(x, y, Rng(5), {.subsets = 7, .subset_size = 20});
  ASSERT_EQ(got.values.size(), 7);
  EXPECT_EQ(std::set<double>(got.values.begin(), got.values.end()).size(), 7);
  double sum = 0, squares = 0;
  for (const double value : got.values) sum += value, squares += value * value;
  EXPECT_NEAR(got.mean, sum / 7, 1e-12);
  EXPECT_NEAR(got.std, std::sqrt(squares / 7 - got.mean * got.mean), 1e-9);
  EXPECT_EQ(Json(got), (Json{{"mean", got.mean}, {"std", got.std}, {"values", got.values}}));
  // Subsets say on average what the whole does.
  const KernelDistance many = kernel_distance(x, y, Rng(5), {.subsets = 500, .subset_size = 20});
  EXPECT_NEAR(many.mean, polynomial_mmd(x, y), 4 * many.std / std::sqrt(500.0));
}

TEST(KernelDistance, DrawsFollowTheRngOnly) {
  const Tensor x = features(70, 6, 0), y = features(50, 6, 1.3);
  const KernelDistanceConfig config{.subsets = 3, .subset_size = 12};
  const KernelDistance got = kernel_distance(x, y, Rng(5), config);
  EXPECT_EQ(kernel_distance(x, y, Rng(5), config).values, got.values);
  EXPECT_NE(kernel_distance(x, y, Rng(6), config).values, got.values);
  // The first subsets do not depend on how many there are.
  const KernelDistance longer = kernel_distance(x, y, Rng(5), {.subsets = 5, .subset_size = 12});
  EXPECT_TRUE(std::equal(got.values.begin(), got.values.end(), longer.values.begin()));
  // The two sets' draws do not go together: subsets of equal sets differ as the sets do, which is
  // a row in 70 paired with itself, not one in 12.
  const KernelDistance same = kernel_distance(x, x, Rng(5), {.subsets = 500, .subset_size = 12});
  EXPECT_NEAR(same.mean, polynomial_mmd(x, x), 4 * same.std / std::sqrt(500.0));
}

TEST(KernelDistance, DrawsWithoutReplacement) {
  const Tensor x = features(30, 6, 0), y = features(30, 6, 1.3);
  const KernelDistance got = kernel_distance(x, y, Rng(5), {.subsets = 4, .subset_size = 30});
  for (const double value : got.values) EXPECT_NEAR(value, polynomial_mmd(x, y), 1e-12);
}

TEST(KernelDistance, SubsetsShareOutTheSmallerSetUnlessASizeIsGiven) {
  const Tensor x = features(70, 6, 0), y = features(55, 6, 1.3);
  EXPECT_EQ(kernel_distance(x, y, Rng(5)).values,
            kernel_distance(x, y, Rng(5), {.subsets = 10, .subset_size = 5}).values);
}

TEST(KernelDistance, RefusesWhatItCannotCompare) {
  const Tensor x = features(30, 6, 0);
  EXPECT_THROW(kernel_distance(x, features(30, 5, 0), Rng(1)), ShapeError);
  EXPECT_THROW(polynomial_mmd(x, x.narrow(0, 0, 1)), ShapeError);
  EXPECT_THROW(kernel_distance(x, x, Rng(1), {.subset_size = 31}), ConfigError);
  EXPECT_THROW(kernel_distance(x, x, Rng(1), {.subset_size = 1}), ConfigError);
  EXPECT_THROW(kernel_distance(x, x, Rng(1), {.subset_size = -3}), ConfigError);
  EXPECT_THROW(kernel_distance(x, x, Rng(1), {.subsets = 16}), ConfigError);  // of 1 row
  EXPECT_THROW(kernel_distance(x, x, Rng(1), {.subsets = 0}), ConfigError);
  Tensor broken = x.clone();
  broken[29][5].fill_(NAN);
  EXPECT_THROW(kernel_distance(x, broken, Rng(1)), DataError);
  EXPECT_THROW(polynomial_mmd(broken, x), DataError);
}

}  // namespace
}  // namespace tacit
