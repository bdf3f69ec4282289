// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/manifold.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tacit/core/error.h"

namespace tacit {
namespace {

// scikit-learn 1.9.1, features() as in Python:
//   i, j = np.arange(n)[:, None], np.arange(d)[None, :]
//   (np.sin((i+1)**2*(0.7 + 0.31*j) + phase)*(1 + 0.1*j) + phase*0.2).astype(np.float32)
//   x, y = features(70, 4, 0.2).astype(float), features(50, 4, 0.9).astype(float)
//   rx = np.sort(euclidean_distances(x), 1)[:, k]; ry = np.sort(euclidean_distances(y), 1)[:, k]
//   d = euclidean_distances(x, y); inx, iny = d <= rx[:, None], d <= ry[None]
//   inx.any(0).mean(), iny.any(1).mean(), inx.sum(0).mean()/k, inx.any(1).mean()
Tensor features(int64_t n, int64_t d, double phase) {
  const Tensor i = at::arange(1, n + 1, at::kDouble).unsqueeze(1), j = at::arange(d, at::kDouble);
  return ((i.square() * (0.7 + 0.31 * j) + phase).sin() * (1 + 0.1 * j) + phase * 0.2)
      .to(at::kFloat);
}

Tensor line(const std::vector<float>& places) {
  return at::tensor(places).view({static_cast<int64_t>(places.size()), 1});
}

void expect_scores(const ManifoldScores& got, const std::vector<double>& wanted,
                   double tolerance = 1e-12) {
  EXPECT_NEAR(got.precision, wanted[0], tolerance);
  EXPECT_NEAR(got.recall, wanted[1], tolerance);
  EXPECT_NEAR(got.density, wanted[2], tolerance);
  EXPECT_NEAR(got.coverage, wanted[3], tolerance);
}

TEST(Manifold, MatchesScikitLearnsDistances) {
  const Tensor real = features(70, 4, 0.2), generated = features(50, 4, 0.9);
  expect_scores(manifold_scores(real, generated, 1),
                {0.7, 0.6285714285714286, 1.02, 0.44285714285714284});
  expect_scores(manifold_scores(real, generated),
                {0.92, 0.9571428571428572, 0.8666666666666667, 0.8});
  expect_scores(manifold_scores(real, generated, 5), {1.0, 1.0, 0.948, 0.9428571428571428});
}

TEST(Manifold, CountsBallsOnALine) {
  // Radii 1, 1, 1, 8; and 1 each.
  const Tensor real = line({0, 1, 2, 10}), generated = line({2.5, 3.5, 30, 31});
  expect_scores(manifold_scores(real, generated, 1), {0.5, 0.25, 0.75, 0.5});
  EXPECT_EQ(Json(manifold_scores(real, generated, 1)),
            (Json{{"precision", 0.5}, {"recall", 0.25}, {"density", 0.75}, {"coverage", 0.5}}));
  expect_scores(manifold_scores(generated, real, 1), {0.25, 0.5, 0.25, 0.25});
  // Radii 2, 1, 2, 9 and 27.5, 26.5, 26.5, 27.5 with two neighbours.
  expect_scores(manifold_scores(real, generated, 2), {0.5, 1, 0.5, 0.5});
}

TEST(Manifold, ABallsSurfaceBelongsToIt) {
  expect_scores(manifold_scores(line({0, 1}), line({2, 3}), 1), {0.5, 0.5, 0.5, 0.5});
  expect_scores(manifold_scores(line({0, 1}), line({2.001f, 3}), 1), {0, 0, 0, 0});
}

TEST(Manifold, OfEqualSetsEachHoldsTheOther) {
  for (const double place : {0.0, 1e4}) {
    const Tensor x = features(300, 8, 0.2) + place;
    // Each ball holds its centre and its three neighbours.
    expect_scores(manifold_scores(x, x), {1, 1, 4.0 / 3, 1});
    const Tensor backwards = x.flip(0);
    expect_scores(manifold_scores(x, backwards), {1, 1, 4.0 / 3, 1});
  }
  // Repeated rows, with balls of radius 0.
  const Tensor x = features(50, 3, 0.2).repeat({4, 1});
  expect_scores(manifold_scores(x, x), {1, 1, 4.0 / 3, 1});
  const Tensor point = at::full({10, 5}, 0.3);
  expect_scores(manifold_scores(point, point), {1, 1, 10.0 / 3, 1});
}

TEST(Manifold, RoundingDoesNotMoveASurface) {
  // 11 is on the surface around 6 and inside of no other ball; the mean, 7 / 3, is not a double.
  for (int64_t scale = 1; scale < 40; ++scale)
    EXPECT_EQ(manifold_scores(line({0, 1, 6}) * scale, line({11, 40}) * scale, 1).precision, 0.5)
        << scale;
}

TEST(Manifold, DoesNotDependOnWhereFeaturesLie) {
  const Tensor real = features(70, 4, 0.2).to(at::kDouble),
               generated = features(50, 4, 0.9).to(at::kDouble);
  const ManifoldScores got = manifold_scores(real, generated);
  expect_scores(manifold_scores(real + 1e6, generated + 1e6),
                {got.precision, got.recall, got.density, got.coverage});
}

TEST(Manifold, OfSetsFarApartNeitherHoldsAnything) {
  expect_scores(manifold_scores(features(60, 4, 0.2), features(50, 4, 0.2) + 100), {0, 0, 0, 0});
}

TEST(Manifold, TellsQualityFromVariety) {
  // Two groups of real rows, one of which is all that was generated.
  const Tensor one = features(200, 2, 0.2), other = features(200, 2, 0.5) + 50;
  const ManifoldScores got =
      manifold_scores(at::cat({one, other}), features(300, 2, 0.2).narrow(0, 100, 200), 5);
  EXPECT_GT(got.precision, 0.95);
  EXPECT_NEAR(got.recall, 0.5, 0.03);
  EXPECT_NEAR(got.coverage, 0.5, 0.03);
  const ManifoldScores backwards =
      manifold_scores(features(300, 2, 0.2).narrow(0, 100, 200), at::cat({one, other}), 5);
  EXPECT_EQ(backwards.precision, got.recall);
  EXPECT_EQ(backwards.recall, got.precision);
}

double squared(const Tensor& a, int64_t i, const Tensor& b, int64_t j) {
  double sum = 0;
  for (int64_t c = 0; c < a.size(1); ++c)
    sum += std::pow(double{a.const_data_ptr<float>()[i * a.size(1) + c]} -
                        double{b.const_data_ptr<float>()[j * b.size(1) + c]},
                    2);
  return sum;
}

std::vector<double> brute_radii(const Tensor& x, int64_t k) {
  std::vector<double> radii;
  for (int64_t i = 0; i < x.size(0); ++i) {
    std::vector<double> others;
    for (int64_t j = 0; j < x.size(0); ++j)
      if (i != j) others.push_back(squared(x, i, x, j));
    std::ranges::nth_element(others, others.begin() + k - 1);
    radii.push_back(others[static_cast<size_t>(k - 1)]);
  }
  return radii;
}

TEST(Manifold, TilesJoinToTheWhole) {
  const int64_t n = 1100, m = 2100, k = 4;  // two tiles of 1024 rows by three
  const Tensor real = features(n, 3, 0.2) * 3, generated = features(m, 3, 0.9) * 3 + 0.3;
  const std::vector<double> real_radius = brute_radii(real, k), radius = brute_radii(generated, k);
  std::vector<int> precise(m), recalled(n), covered(n);
  double inside = 0;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < m; ++j) {
      const auto row = static_cast<size_t>(i), column = static_cast<size_t>(j);
      const double distance = squared(real, i, generated, j);
      if (distance <= real_radius[row]) precise[column] = covered[row] = 1, inside += 1;
      if (distance <= radius[column]) recalled[row] = 1;
    }
  const auto share = [](const std::vector<int>& flags) {
    return static_cast<double>(std::ranges::count(flags, 1)) / static_cast<double>(flags.size());
  };
  const std::vector<double> wanted{share(precise), share(recalled),
                                   inside / static_cast<double>(k * m), share(covered)};
  for (const size_t score : {0, 1, 3}) EXPECT_LT(std::abs(wanted[score] - 0.5), 0.49) << score;
  expect_scores(manifold_scores(real, generated, k), wanted);
}

TEST(Manifold, RefusesWhatItCannotCompare) {
  const Tensor x = features(10, 3, 0.2);
  EXPECT_THROW(manifold_scores(x, features(10, 4, 0.2)), ShapeError);
  EXPECT_THROW(manifold_scores(x, x.narrow(0, 0, 1)), ShapeError);
  EXPECT_THROW(manifold_scores(x, x, 0), ConfigError);
  EXPECT_THROW(manifold_scores(x, x, 10), ConfigError);
  EXPECT_THROW(manifold_scores(x, x.narrow(0, 0, 3), 3), ConfigError);
  EXPECT_NO_THROW(manifold_scores(x, x, 9));
  Tensor broken = x.clone();
  broken[4][0].fill_(-INFINITY);
  EXPECT_THROW(manifold_scores(broken, x), DataError);
  EXPECT_THROW(manifold_scores(x, broken), DataError);
}

}  // namespace
}  // namespace tacit
