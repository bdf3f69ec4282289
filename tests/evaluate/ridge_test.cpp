// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/ridge.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tacit {
namespace {

// scikit-learn 1.9.1:
//   n = np.arange(40)
//   x = np.stack([np.sin(1.3*n) + 0.2*(n%3), np.cos(0.7*n)*3 + (n%3 == 1),
//                 0.01*np.sin(2.1*n + n%3)], 1)
//   y = 2*x[:,0] - 0.5*x[:,1] + np.cos(n)
//   s = StandardScaler().fit(x); m = Ridge(alpha=1/0.5, solver="cholesky").fit(s.transform(x), y)
//   w = m.coef_ / s.scale_; b = m.intercept_ - (w * s.mean_).sum(); m.predict(...)[:2]
const Tensor kIndex = at::arange(40, at::kDouble);
Tensor rows() {
  const Tensor third = kIndex.remainder(3);
  return at::stack(
      {(1.3 * kIndex).sin() + 0.2 * third, (0.7 * kIndex).cos() * 3 + third.eq(1).to(at::kDouble),
       0.01 * (2.1 * kIndex + third).sin()},
      1);
}
Tensor numbers() { return 2 * rows().select(1, 0) - 0.5 * rows().select(1, 1) + kIndex.cos(); }

TEST(Ridge, MatchesScikitLearn) {
  const LinearRegressor fit = fit_ridge(rows(), numbers(), {.c = 0.5});
  EXPECT_TRUE(fit.weight.allclose(
      at::tensor({1.9353083533208226, -0.48844704472510075, 10.015543678613419}, at::kDouble),
      1e-10, 1e-12));
  EXPECT_NEAR(fit.bias, 0.043548559833283484, 1e-12);
  EXPECT_TRUE(fit.predict(rows().narrow(0, 0, 2))
                  .allclose(at::tensor({-1.4217925743420186, 0.6903552021481869}, at::kDouble),
                            1e-10, 1e-12));
}

TEST(Ridge, SolvesTheNormalEquationsAlsoWithMoreFeaturesThanRows) {
  const Tensor all = rows();
  for (const int64_t n : {40, 3, 2}) {  // 3 features and some of their powers: 9
    const Tensor some = at::cat({all, all.square(), all.pow(3)}, 1).narrow(0, 0, n);
    const Tensor y = numbers().narrow(0, 0, n);
    const LinearRegressor fit = fit_ridge(some, y, {.c = 0.3, .standardize = false});
    const Tensor centred = some - some.mean(0);
    Tensor gram = centred.t().mm(centred);
    gram.diagonal().add_(1 / 0.3);
    const Tensor wanted = at::linalg_solve(gram, centred.t().mv(y - y.mean()));
    EXPECT_TRUE(fit.weight.allclose(wanted, 1e-8, 1e-10)) << n;
    EXPECT_NEAR(fit.predict(some).mean().item<double>(), y.mean().item<double>(), 1e-10) << n;
  }
}

TEST(Ridge, DoesNotDependOnTheUnitsOfFeatures) {
  const Tensor moved = rows() * at::tensor({1e-6, 1.0, 1e4}, at::kDouble) +
                       at::tensor({2.0, -50.0, 0.1}, at::kDouble);
  EXPECT_TRUE(fit_ridge(moved, numbers())
                  .predict(moved)
                  .allclose(fit_ridge(rows(), numbers()).predict(rows()), 1e-6, 1e-8));
}

TEST(Ridge, TellsTheMeanWhereNothingElseIsKnown) {
  const Tensor one = rows().narrow(0, 0, 1);
  EXPECT_NEAR(fit_ridge(one, at::full({1}, 7.0)).predict(rows()).std().item<double>(), 0, 1e-12);
  EXPECT_NEAR(fit_ridge(one, at::full({1}, 7.0)).bias, 7, 1e-12);
  const Tensor constant = at::full({40, 2}, 3.0, at::kDouble);
  EXPECT_NEAR(fit_ridge(constant, numbers()).predict(constant)[0].item<double>(),
              numbers().mean().item<double>(), 1e-9);
}

TEST(Ridge, RefusesWhatItCannotLearnFrom) {
  Tensor unlabelled = numbers();
  unlabelled[3].fill_(NAN);
  EXPECT_THROW(fit_ridge(rows(), unlabelled), DataError);
  Tensor broken = rows();
  broken[3].fill_(NAN);
  EXPECT_THROW(fit_ridge(broken, numbers()), DataError);
  EXPECT_THROW(fit_ridge(at::zeros({0, 3}), at::zeros({0})), DataError);
  EXPECT_THROW(fit_ridge(rows(), numbers().narrow(0, 0, 39)), ShapeError);
  EXPECT_THROW(fit_ridge(rows(), numbers()).predict(at::zeros({2, 4})), ShapeError);
  // Without a penalty that counts, two equal features can share a weight in any way.
  const Tensor twice = at::cat({rows(), rows()}, 1);
  EXPECT_THROW(fit_ridge(twice, numbers(), {.c = 1e300}), ConfigError);
}

}  // namespace
}  // namespace tacit
