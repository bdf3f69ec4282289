// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/vicreg.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/losses/ranks.h"

namespace tacit {
namespace {

const SingleProcess kAlone;
const VicregWeights kWeights{.invariance = 3, .variance = 2, .covariance = 0.5};

double part(const Loss& loss, const std::string& name) {
  for (const auto& [key, value] : loss.parts)
    if (key == name) return value.item<double>();
  ADD_FAILURE() << "no " << name;
  return 0;
}

/// The three terms from the definitions, number by number.
struct Terms {
  double invariance = 0, variance = 0, covariance = 0;
};
Terms naive(const Tensor& a, const Tensor& b) {
  const int64_t rows = a.size(0), width = a.size(1);
  const auto n = static_cast<double>(rows), d = static_cast<double>(width);
  Terms terms;
  for (const Tensor& z : {a, b})
    for (int64_t i = 0; i < width; ++i)
      for (int64_t j = 0; j < width; ++j) {
        const double mean_i = z.select(1, i).mean().item<double>(),
                     mean_j = z.select(1, j).mean().item<double>();
        double sum = 0;
        for (int64_t row = 0; row < rows; ++row)
          sum += (z[row][i].item<double>() - mean_i) * (z[row][j].item<double>() - mean_j);
        if (i == j)
          terms.variance += std::max(0.0, 1 - std::sqrt(sum / (n - 1) + 1e-4)) / d / 2;
        else
          terms.covariance += sum / (n - 1) * sum / (n - 1) / d;
      }
  terms.invariance = (a - b).square().sum().item<double>() / (n * d);
  return terms;
}

TEST(Vicreg, IsTheDefinitionsWrittenOut) {
  const Tensor a = normal_numbers({7, 4}, 1) * 0.8, b = normal_numbers({7, 4}, 2) * 1.1;
  const Terms wanted = naive(a, b);
  const Loss loss = vicreg(a, b, kWeights, kAlone);
  EXPECT_NEAR(part(loss, "invariance"), wanted.invariance, 1e-12);
  EXPECT_NEAR(part(loss, "variance"), wanted.variance, 1e-12);
  EXPECT_NEAR(part(loss, "covariance"), wanted.covariance, 1e-12);
  EXPECT_NEAR(loss.total.item<double>(),
              3 * wanted.invariance + 2 * wanted.variance + 0.5 * wanted.covariance, 1e-12);
}

TEST(Vicreg, HasKnownValuesForACaseByHand) {
  // Two rows ±(1, 2): variances 2 and 8, covariance 4, so 2 * 16 / 2 a view; no lack of variance.
  const Tensor a = at::tensor(std::vector<double>{1, 2, -1, -2}).view({2, 2});
  const Loss loss = vicreg(a, a + 3, kWeights, kAlone);
  EXPECT_NEAR(part(loss, "invariance"), 9, 1e-12);
  EXPECT_NEAR(part(loss, "variance"), 0, 1e-12);
  EXPECT_NEAR(part(loss, "covariance"), 2 * 16, 1e-12);
}

TEST(Vicreg, SaysACollapseByItsVarianceAlone) {
  const Tensor same = at::ones({6, 5}, at::kDouble);
  const Loss loss = vicreg(same, same, kWeights, kAlone);
  EXPECT_NEAR(part(loss, "variance"), 1 - 0.01, 1e-12);  // 1 - sqrt(epsilon)
  EXPECT_EQ(part(loss, "invariance"), 0);
  EXPECT_EQ(part(loss, "covariance"), 0);
}

TEST(Vicreg, DoesNotDependOnTheOrderOfRowsNorOnAShiftOfBoth) {
  const Tensor a = normal_numbers({6, 4}, 1), b = normal_numbers({6, 4}, 2);
  const double wanted = vicreg(a, b, kWeights, kAlone).total.item<double>();
  const Tensor order = at::tensor(std::vector<int64_t>{3, 1, 5, 0, 2, 4});
  const auto value = [](const Tensor& x, const Tensor& y) {
    return vicreg(x, y, kWeights, kAlone).total.item<double>();
  };
  EXPECT_NEAR(value(a.index_select(0, order), b.index_select(0, order)), wanted, 1e-12);
  EXPECT_NEAR(value(b, a), wanted, 1e-12);
  EXPECT_NEAR(value(a + 5, b + 5), wanted, 1e-10);
  EXPECT_GT(std::abs(value(a.index_select(0, order), b) - wanted), 1e-3);
}

TEST(Vicreg, HasTheGradientOfFiniteDifferences) {
  const Tensor a = normal_numbers({5, 3}, 1) * 0.7, b = normal_numbers({5, 3}, 2) * 0.7;
  const auto loss = [&](const Tensor& x) { return vicreg(x, b, kWeights, kAlone).total; };
  EXPECT_LT(gradient_error(loss, a), 1e-7);
}

TEST(Vicreg, SplitUnevenlyIsThatOfTheJointBatchWithItsGradient) {
  const Tensor a = normal_numbers({6, 4}, 1).set_requires_grad(true);
  const Tensor b = normal_numbers({6, 4}, 2) * 0.5;
  const Tensor joint = vicreg(a, b, kWeights, kAlone).total;
  joint.backward();
  const Tensor wanted = a.grad().clone();
  a.mutable_grad().zero_();
  const Tensor split = Ranks(2).mean_loss([&](int64_t rank, const Communicator& world) {
    const auto own = [&](const Tensor& x) { return rank == 0 ? x.slice(0, 0, 4) : x.slice(0, 4); };
    return vicreg(own(a), own(b), kWeights, world).total;
  });
  split.backward();
  EXPECT_NEAR(split.item<double>(), joint.item<double>(), 1e-12);
  EXPECT_TRUE(a.grad().allclose(wanted, 1e-10, 1e-12));
}

TEST(Vicreg, IsFiniteForALoneRow) {
  const Tensor a = normal_numbers({1, 3}, 1).set_requires_grad(true);
  const Tensor loss = vicreg(a, normal_numbers({1, 3}, 2), kWeights, kAlone).total;
  loss.backward();
  EXPECT_TRUE(std::isfinite(loss.item<double>()));
  EXPECT_TRUE(a.grad().isfinite().all().item<bool>());
}

TEST(Vicreg, RefusesViewsOfDifferentShapes) {
  const Tensor a = normal_numbers({4, 3}, 1);
  EXPECT_NE(message_of<ShapeError>([&] {
              vicreg(a, a.slice(1, 1), kWeights, kAlone);
            }).find("[4, 3] and [4, 2]"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
