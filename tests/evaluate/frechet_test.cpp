// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/frechet.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/diag.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_eigvals.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/real.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tacit/core/error.h"

namespace tacit {
namespace {

// numpy 2.4.6, scipy 1.17.1:
//   def features(n, d, phase):
//       i, j = np.arange(n)[:, None], np.arange(d)[None, :]
//       return (np.sin((i+1)**2*(0.7 + 0.31*j) + phase)*(1 + 0.1*j) + phase*0.2).astype(np.float32)
//   a, b = features(70, 6, 0.0).astype(float), features(50, 6, 1.3).astype(float)
//   c1, c2, gap = np.cov(a, rowvar=False), np.cov(b, rowvar=False), a.mean(0) - b.mean(0)
//   gap@gap + np.trace(c1 + c2 - 2*sqrtm(c1@c2).real)
Tensor features(int64_t n, int64_t d, double phase) {
  const Tensor i = at::arange(1, n + 1, at::kDouble).unsqueeze(1), j = at::arange(d, at::kDouble);
  return ((i.square() * (0.7 + 0.31 * j) + phase).sin() * (1 + 0.1 * j) + phase * 0.2)
      .to(at::kFloat);
}

Tensor diagonal(const std::vector<double>& values) {
  return at::diag(at::tensor(values, at::kDouble));
}

/// Two passes over all rows at once.
FeatureMoments two_passes(const Tensor& x) {
  const Tensor wide = x.to(at::kDouble), centred = wide - wide.mean(0);
  return {wide.mean(0), (centred.unsqueeze(2) * centred.unsqueeze(1)).sum(0) /
                            static_cast<double>(x.size(0) - 1)};
}

TEST(Frechet, MatchesScipy) {
  EXPECT_NEAR(frechet_distance(features(70, 6, 0.0), features(50, 6, 1.3)) / 0.8440069964713199, 1,
              1e-6);
}

TEST(Frechet, OfIndependentFeaturesIsTheDistanceOfMeansAndDeviations) {
  const FeatureMoments a{at::tensor({1.0, 2.0, 3.0}, at::kDouble), diagonal({1, 4, 9})};
  const FeatureMoments b{at::tensor({0.0, 2.0, 5.0}, at::kDouble), diagonal({16, 4, 0.25})};
  EXPECT_NEAR(frechet_distance(a, b), 1 + 4 + 9 + 0 + 6.25, 1e-12);
  EXPECT_NEAR(frechet_distance(b, a), 20.25, 1e-12);
  // One feature without spread on either side.
  EXPECT_NEAR(frechet_distance({a.mean, diagonal({1, 0, 0})}, {a.mean, diagonal({0, 4, 0})}), 5,
              1e-12);
}

TEST(Frechet, RootOfTheProductIsThatOfItsEigenvalues) {
  const FeatureMoments a = feature_moments(features(70, 6, 0)),
                       b = feature_moments(features(90, 6, 0.4));
  const Tensor root = at::linalg_eigvals(a.covariance.mm(b.covariance)).sqrt();  // complex
  const double wanted = (a.mean - b.mean).square().sum().item<double>() +
                        (a.covariance + b.covariance).trace().item<double>() -
                        2 * at::real(root).sum().item<double>();
  EXPECT_NEAR(frechet_distance(a, b), wanted, 1e-10);
}

TEST(Frechet, EqualSetsAreAtNoDistanceAndAShiftAtItsSquaredLength) {
  for (const int64_t rows : {200, 5}) {  // more rows than features, and fewer
    const Tensor x = 100 * features(rows, 12, 0).to(at::kDouble);
    EXPECT_NEAR(frechet_distance(x, x), 0, 1e-9) << rows;
    EXPECT_NEAR(frechet_distance(x, x + 3), 12 * 9, 1e-9) << rows;
    // Twice as far from the mean: (2 - 1)² of the variance.
    const double variance = x.var(0).sum().item<double>();
    const Tensor twice = 2 * x - x.mean(0);
    EXPECT_NEAR(frechet_distance(x, twice) / variance, 1, 1e-11) << rows;
  }
}

TEST(Frechet, RoundingNeverMakesItNegative) {
  for (int64_t i = 0; i < 20; ++i) {
    const Tensor x = features(50 + i, 3 + i, 0.1 * static_cast<double>(i));
    EXPECT_GE(frechet_distance(x, x), 0) << i;
  }
}

TEST(Frechet, GrowsAsTheSquareOfTheScaleAndNotWithARotation) {
  const Tensor a = features(70, 6, 0).to(at::kDouble), b = features(50, 6, 1.3).to(at::kDouble);
  const double distance = frechet_distance(a, b);
  EXPECT_NEAR(frechet_distance(1e6 * a, 1e6 * b) / (1e12 * distance), 1, 1e-11);
  EXPECT_NEAR(frechet_distance(1e-6 * a, 1e-6 * b) / (1e-12 * distance), 1, 1e-11);
  const Tensor turn = std::get<0>(at::linalg_qr(features(6, 6, 0.2).to(at::kDouble)));
  EXPECT_NEAR(frechet_distance(a.mm(turn), b.mm(turn)), distance, 1e-11);
}

TEST(Frechet, FewerRowsThanFeaturesLoseNoDigits) {
  // For centred rows X and Y the trace of the root is the sum of the singular values of X Yᵀ.
  const Tensor a = features(9, 40, 0).to(at::kDouble), b = features(14, 40, 0.3).to(at::kDouble);
  const Tensor x = (a - a.mean(0)) / std::sqrt(8.0), y = (b - b.mean(0)) / std::sqrt(13.0);
  const double wanted = (a.mean(0) - b.mean(0)).square().sum().item<double>() +
                        x.square().sum().item<double>() + y.square().sum().item<double>() -
                        2 * at::linalg_svdvals(x.mm(y.t())).sum().item<double>();
  EXPECT_NEAR(frechet_distance(a, b), wanted, 1e-11);
  // One of the two regular.
  const Tensor many = features(300, 40, 0.3);
  EXPECT_NEAR(frechet_distance(a, many), frechet_distance(many, a), 1e-11);
}

TEST(Frechet, ConstantFeaturesLeaveTheMeans) {
  EXPECT_NEAR(frechet_distance(at::full({3, 4}, 0.7), at::full({9, 4}, 0.2)), 4 * 0.25, 1e-6);
  EXPECT_EQ(frechet_distance(at::zeros({2, 1}), at::zeros({2, 1})), 0);
}

TEST(Frechet, BatchesGiveTheMomentsOfTheWhole) {
  // A mean far above the deviation, where sums of squares would lose all digits.
  const Tensor x = features(5000, 4, 0.5).to(at::kDouble) * 1e-2 + 1e6;
  const FeatureMoments wanted = two_passes(x);
  for (const int64_t batch : {1, 7, 4096, 5000}) {
    RunningMoments running;
    running.add(x.narrow(0, 0, 0));
    for (int64_t begin = 0; begin < x.size(0); begin += batch)
      running.add(x.narrow(0, begin, std::min(batch, x.size(0) - begin)));
    running.add(x.narrow(0, 0, 0));
    EXPECT_EQ(running.rows(), 5000);
    const FeatureMoments got = running.moments();
    EXPECT_TRUE(got.mean.allclose(wanted.mean, 1e-14, 0)) << batch;
    EXPECT_LT((got.covariance - wanted.covariance).abs().max().item<double>(), 1e-10 * 1e-4)
        << batch;
    EXPECT_EQ(got.covariance.scalar_type(), at::kDouble);
  }
  EXPECT_TRUE(feature_moments(x).covariance.allclose(wanted.covariance, 1e-9, 0));
  EXPECT_NEAR(frechet_distance(feature_moments(x), wanted), 0, 1e-10);
}

TEST(Frechet, CopiesOfRunningMomentsGoTheirOwnWay) {
  const Tensor x = features(30, 3, 0);
  RunningMoments first;
  first.add(x.narrow(0, 0, 10));
  const RunningMoments kept = first;
  const FeatureMoments before = first.moments();
  first.add(x.narrow(0, 10, 20));
  EXPECT_TRUE(kept.moments().covariance.equal(before.covariance));
  EXPECT_TRUE(before.covariance.allclose(two_passes(x.narrow(0, 0, 10)).covariance, 1e-12, 1e-12));
  EXPECT_FALSE(first.moments().covariance.allclose(before.covariance, 1e-3, 0));
}

TEST(Frechet, RefusesWhatItCannotCompare) {
  const Tensor x = features(10, 3, 0);
  EXPECT_THROW(frechet_distance(x, features(10, 4, 0)), ShapeError);
  EXPECT_THROW(frechet_distance(x, x.narrow(0, 0, 1)), ShapeError);
  EXPECT_THROW(frechet_distance(x.narrow(0, 0, 0), x), ShapeError);
  EXPECT_THROW(frechet_distance(x, at::zeros({10})), ShapeError);
  EXPECT_THROW(frechet_distance(at::zeros({5, 0}), at::zeros({5, 0})), ShapeError);
  EXPECT_THROW(feature_moments(x.narrow(0, 0, 1)), ShapeError);
  const FeatureMoments moments = feature_moments(x);
  EXPECT_THROW(frechet_distance(moments, feature_moments(features(9, 4, 0))), ShapeError);
  EXPECT_THROW(frechet_distance(moments, {moments.mean, moments.covariance.narrow(0, 0, 2)}),
               ShapeError);
  EXPECT_THROW(frechet_distance(moments, {moments.mean / 0.0, moments.covariance}), DataError);
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity()}) {
    Tensor broken = x.clone();
    broken[7][1].fill_(bad);
    EXPECT_THROW(frechet_distance(x, broken), DataError);
    RunningMoments running;
    running.add(x);
    try {
      running.add(broken);
      ADD_FAILURE() << "took a feature of " << bad;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find("row 17 "), std::string::npos) << error.what();
    }
    EXPECT_THROW(running.add(features(2, 4, 0)), ShapeError);
    EXPECT_EQ(running.rows(), 10);
    EXPECT_TRUE(running.moments().covariance.equal(moments.covariance));
  }
}

}  // namespace
}  // namespace tacit
