// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/knn.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tacit {
namespace {

/// n rows around the circle at uneven angles, of different lengths.
Tensor circle(int64_t n, double step) {
  const Tensor angle = at::arange(n, at::kDouble) * step, size = 1 + at::arange(n, at::kDouble);
  return at::stack({angle.cos() * size, angle.sin() * size}, 1).to(at::kFloat);
}

TEST(Knn, AgreesWithVotesCountedOneByOne) {
  const int64_t m = 30, n = 1500, k = 7;  // n is more than one chunk
  const Tensor bank = circle(m, 0.77), rows = circle(n, 0.313);
  const Tensor y = at::arange(m, at::kLong).remainder(3);
  const Tensor got = knn_probabilities(bank, y, rows, 3, {.k = k, .temperature = 0.2});
  for (const int64_t row : {int64_t{0}, int64_t{1023}, int64_t{1024}, n - 1}) {
    std::vector<std::pair<double, int64_t>> near;
    for (int64_t i = 0; i < m; ++i)
      near.emplace_back(-std::cos(static_cast<double>(i) * 0.77 - static_cast<double>(row) * 0.313),
                        i % 3);
    std::ranges::sort(near);
    double votes[3] = {}, all = 0;
    for (int64_t i = 0; i < k; ++i) {
      const auto& [minus_cosine, label] = near[static_cast<size_t>(i)];
      votes[label] += std::exp(-minus_cosine / 0.2);
      all += std::exp(-minus_cosine / 0.2);
    }
    for (int64_t c = 0; c < 3; ++c)
      EXPECT_NEAR(got.select(0, row).select(0, c).item<double>(), votes[c] / all, 1e-4) << row;
  }
}

TEST(Knn, LengthOfVectorsMeansNothing) {
  const Tensor bank = circle(30, 0.77), rows = circle(50, 0.31);
  const Tensor y = at::arange(30, at::kLong).remainder(4);
  EXPECT_TRUE(knn_probabilities(bank, y, rows, 4)
                  .allclose(knn_probabilities(bank * 1000, y, rows / 1000, 4), 1e-4, 1e-4));
}

TEST(Knn, AllRowsVoteWhenThereAreFewerThanK) {
  const Tensor bank = at::tensor({1.0f, 0.0f, 0.0f, 1.0f, 0.1f, 1.0f}).view({3, 2});
  const Tensor y = at::tensor({1, 0, 0}, at::kLong);
  const Tensor row = at::tensor({1.0f, 0.0f}).view({1, 2});
  // A near vote outweighs two far ones at a low temperature, and not at a high one.
  EXPECT_EQ(knn_predict(bank, y, row, 2, {.k = 20, .temperature = 0.07}).item<int64_t>(), 1);
  EXPECT_EQ(knn_predict(bank, y, row, 2, {.k = 20, .temperature = 100}).item<int64_t>(), 0);
}

TEST(Knn, SurvivesZeroVectorsAndSmallTemperatures) {
  const Tensor got = knn_probabilities(circle(5, 1), at::zeros({5}, at::kLong), at::zeros({1, 2}),
                                       2, {.temperature = 1e-4});
  EXPECT_NEAR(got.select(1, 0).item<double>(), 1, 1e-6);
}

TEST(Knn, RefusesWidthsThatDiffer) {
  EXPECT_THROW(knn_predict(circle(5, 1), at::zeros({5}, at::kLong), at::zeros({1, 3}), 2),
               ShapeError);
}

TEST(Knn, NumbersAreTheMeanOfNeighboursAsTheyVote) {
  const Tensor bank = circle(30, 0.77), rows = circle(1500, 0.313);
  const Tensor y = at::arange(30, at::kLong).remainder(3);
  const KnnConfig config{.k = 7, .temperature = 0.2};
  const Tensor shares = knn_probabilities(bank, y, rows, 3, config);
  // Classes stand for the numbers 10, 20 and -5.
  const Tensor value = at::tensor({10.0f, 20.0f, -5.0f});
  const Tensor told = knn_numbers(bank, value.index_select(0, y), rows, config);
  EXPECT_TRUE(told.allclose(shares.mv(value), 1e-4, 1e-4));
}

TEST(Knn, NumbersNeedLabels) {
  EXPECT_THROW(knn_numbers(circle(2, 1), at::tensor({1.0f, std::nanf("")}), circle(1, 1)),
               DataError);
  EXPECT_THROW(knn_numbers(circle(2, 1), at::zeros({2}), at::zeros({1, 3})), ShapeError);
  EXPECT_EQ(knn_numbers(circle(2, 1), at::zeros({2}), at::zeros({0, 2})).numel(), 0);
}

}  // namespace
}  // namespace tacit
