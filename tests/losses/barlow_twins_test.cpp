// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/barlow_twins.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/losses/ranks.h"

namespace tacit {
namespace {

const SingleProcess kAlone;
const BarlowTwinsWeights kWeights{.off_diagonal = 0.3, .scale = 0.5};

double part(const Loss& loss, const std::string& name) {
  for (const auto& [key, value] : loss.parts)
    if (key == name) return value.item<double>();
  ADD_FAILURE() << "no " << name;
  return 0;
}

double value(const Tensor& one, const Tensor& other) {
  return barlow_twins(one, other, kWeights, kAlone).total.item<double>();
}

/// The two terms from the definitions, number by number.
struct Terms {
  double on_diagonal = 0, off_diagonal = 0;
};
Terms naive(const Tensor& one, const Tensor& other) {
  const int64_t rows = one.size(0), width = one.size(1);
  const auto n = static_cast<double>(rows);
  const auto standard = [&](const Tensor& x, int64_t dimension) {
    std::vector<double> values;
    double mean = 0, square = 0;
    for (int64_t row = 0; row < rows; ++row) mean += x[row][dimension].item<double>() / n;
    for (int64_t row = 0; row < rows; ++row) {
      values.push_back(x[row][dimension].item<double>() - mean);
      square += values.back() * values.back() / n;
    }
    for (double& each : values) each /= std::sqrt(square + 1e-5);
    return values;
  };
  Terms terms;
  for (int64_t i = 0; i < width; ++i)
    for (int64_t j = 0; j < width; ++j) {
      const std::vector<double> a = standard(one, i), b = standard(other, j);
      double correlation = 0;
      for (size_t row = 0; row < a.size(); ++row) correlation += a[row] * b[row] / n;
      if (i == j)
        terms.on_diagonal += (1 - correlation) * (1 - correlation);
      else
        terms.off_diagonal += correlation * correlation;
    }
  return terms;
}

TEST(BarlowTwins, IsTheDefinitionsWrittenOut) {
  const Tensor one = normal_numbers({7, 4}, 1) * 3, other = normal_numbers({7, 4}, 2) + one * 0.2;
  const Terms wanted = naive(one, other);
  const Loss loss = barlow_twins(one, other, kWeights, kAlone);
  EXPECT_NEAR(part(loss, "on_diagonal"), wanted.on_diagonal, 1e-12);
  EXPECT_NEAR(part(loss, "off_diagonal"), wanted.off_diagonal, 1e-12);
  EXPECT_NEAR(loss.total.item<double>(), 0.5 * (wanted.on_diagonal + 0.3 * wanted.off_diagonal),
              1e-12);
}

TEST(BarlowTwins, HasKnownValuesForCasesByHand) {
  const Tensor first = at::tensor(std::vector<double>{1, 1, -1, -1}) * 1e3,
               second = at::tensor(std::vector<double>{1, -1, 1, -1}) * 1e3;
  const auto parts = [](const Tensor& one, const Tensor& other) {
    const Loss loss = barlow_twins(one, other, kWeights, kAlone);
    return std::pair(part(loss, "on_diagonal"), part(loss, "off_diagonal"));
  };
  const auto near = [](std::pair<double, double> found, double on, double off) {
    EXPECT_NEAR(found.first, on, 1e-9);
    EXPECT_NEAR(found.second, off, 1e-9);
  };
  const Tensor free = at::stack({first, second}, 1);
  near(parts(free, free), 0, 0);
  near(parts(free, -free), 8, 0);                          // each (1 + 1)²
  near(parts(free, at::stack({second, first}, 1)), 2, 2);  // all in the wrong place
  near(parts(at::stack({first, first}, 1), at::stack({first, first}, 1)), 0, 2);  // said twice
}

TEST(BarlowTwins, SaysACollapseByItsDiagonal) {
  const Tensor same = at::ones({6, 5}, at::kDouble);
  const Loss loss = barlow_twins(same, same, kWeights, kAlone);
  EXPECT_EQ(part(loss, "on_diagonal"), 5);
  EXPECT_EQ(part(loss, "off_diagonal"), 0);
}

TEST(BarlowTwins, DoesNotDependOnTheOrderOfRowsOrViewsNorOnScalesAndShifts) {
  const Tensor one = normal_numbers({6, 4}, 1) * 10, other = normal_numbers({6, 4}, 2) * 10;
  const double wanted = value(one, other);
  const Tensor order = at::tensor(std::vector<int64_t>{3, 1, 5, 0, 2, 4});
  EXPECT_NEAR(value(one.index_select(0, order), other.index_select(0, order)), wanted, 1e-12);
  EXPECT_GT(std::abs(value(one.index_select(0, order), other) - wanted), 1e-3);
  EXPECT_NEAR(value(other, one), wanted, 1e-12);
  const Tensor scales = at::tensor(std::vector<double>{1, 2, 5, 3});
  EXPECT_NEAR(value(one * scales + 7, other), wanted, 1e-5);  // but for the epsilon
}

TEST(BarlowTwins, HasTheGradientOfFiniteDifferences) {
  const Tensor one = normal_numbers({5, 3}, 1), other = normal_numbers({5, 3}, 2);
  EXPECT_LT(
      gradient_error(
          [&](const Tensor& x) { return barlow_twins(x, other, kWeights, kAlone).total; }, one),
      1e-7);
  EXPECT_LT(
      gradient_error([&](const Tensor& x) { return barlow_twins(one, x, kWeights, kAlone).total; },
                     other),
      1e-7);
}

TEST(BarlowTwins, SplitUnevenlyIsThatOfTheJointBatchWithItsGradient) {
  const Tensor one = normal_numbers({6, 4}, 1).set_requires_grad(true);
  const Tensor other = normal_numbers({6, 4}, 2) * 0.5;
  const Tensor joint = barlow_twins(one, other, kWeights, kAlone).total;
  joint.backward();
  const Tensor wanted = one.grad().clone();
  one.mutable_grad().zero_();
  const Tensor split = Ranks(2).mean_loss([&](int64_t rank, const Communicator& world) {
    const auto own = [&](const Tensor& x) { return rank == 0 ? x.slice(0, 0, 4) : x.slice(0, 4); };
    return barlow_twins(own(one), own(other), kWeights, world).total;
  });
  split.backward();
  EXPECT_NEAR(split.item<double>(), joint.item<double>(), 1e-12);
  EXPECT_TRUE(one.grad().allclose(wanted, 1e-10, 1e-12));
}

TEST(BarlowTwins, CountsAndSumsInFp32WhateverTheProjectionsAreIn) {
  const Tensor one = normal_numbers({301, 8}, 1).to(at::kBFloat16),
               other = (one + normal_numbers({301, 8}, 2)).to(at::kBFloat16);
  const Tensor loss = barlow_twins(one, other, kWeights, kAlone).total;
  EXPECT_EQ(loss.scalar_type(), at::kFloat);
  EXPECT_NEAR(loss.item<double>(), value(one.to(at::kDouble), other.to(at::kDouble)), 1e-5);
}

TEST(BarlowTwins, IsFiniteForALoneRow) {
  const Tensor one = normal_numbers({1, 3}, 1).set_requires_grad(true);
  const Tensor loss = barlow_twins(one, normal_numbers({1, 3}, 2), kWeights, kAlone).total;
  loss.backward();
  EXPECT_EQ(loss.item<double>(), 1.5);  // 3 numbers that go with nothing, scaled
  EXPECT_TRUE(one.grad().isfinite().all().item<bool>());
}

TEST(BarlowTwins, RefusesViewsOfDifferentShapes) {
  const Tensor one = normal_numbers({4, 3}, 1);
  EXPECT_NE(message_of<ShapeError>([&] {
              barlow_twins(one, one.slice(1, 1), kWeights, kAlone);
            }).find("[4, 3] and [4, 2]"),
            std::string::npos);
  EXPECT_THROW(barlow_twins(one[0], one[0], kWeights, kAlone), ShapeError);
}

}  // namespace
}  // namespace tacit
