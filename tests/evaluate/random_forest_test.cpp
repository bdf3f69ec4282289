// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/random_forest.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

namespace tacit {
namespace {

struct Sample {
  Tensor x;  ///< [N, 6]
  Tensor y;  ///< [N]
};

/// Three classes, told apart by the signs of the first two features; `noise` blurs them.
Sample quadrants(int64_t n, uint64_t seed, double noise) {
  Rng rng(seed);
  Sample sample{at::empty({n, 6}, at::kDouble), at::empty({n}, at::kLong)};
  for (int64_t row = 0; row < n; ++row) {
    double* x = sample.x.mutable_data_ptr<double>() + 6 * row;
    for (int64_t i = 0; i < 6; ++i) x[i] = rng.uniform(-1, 1);
    sample.y.mutable_data_ptr<int64_t>()[row] = x[0] < 0 ? 0 : x[1] < 0 ? 1 : 2;
    for (int64_t i = 0; i < 6; ++i) x[i] += rng.normal(0, noise);
  }
  return sample;
}

double accuracy(const RandomForest& forest, const Sample& sample) {
  return forest.predict(sample.x).eq(sample.y).to(at::kDouble).mean().item<double>();
}

TEST(RandomForest, LearnsWhatNoLineSeparates) {
  const RandomForest forest =
      RandomForest::fit(quadrants(300, 1, 0).x, quadrants(300, 1, 0).y, {.trees = 50}, Rng(1));
  EXPECT_GT(accuracy(forest, quadrants(300, 2, 0)), 0.9);
}

TEST(RandomForest, IsDecidedByItsRng) {
  const Sample train = quadrants(100, 1, 0.5), test = quadrants(500, 2, 0.5);
  const auto predict = [&](uint64_t seed) {
    cv::theRNG().next();  // whatever else draws from OpenCV's generator changes nothing
    return RandomForest::fit(train.x, train.y, {.trees = 10}, Rng(seed)).predict(test.x);
  };
  EXPECT_TRUE(predict(1).equal(predict(1)));
  EXPECT_FALSE(predict(1).equal(predict(2)));
}

TEST(RandomForest, LeavesOpenCvAsItWas) {
  cv::theRNG() = cv::RNG(7);
  const cv::RNG before = cv::theRNG();
  const int threads = cv::getNumThreads();
  const Sample train = quadrants(50, 1, 0);
  RandomForest::fit(train.x, train.y, {.trees = 2}, Rng(1));
  EXPECT_EQ(cv::getNumThreads(), threads);
  EXPECT_TRUE(cv::theRNG() == before);
}

TEST(RandomForest, UnitsOfFeaturesMeanNothing) {
  const Sample train = quadrants(200, 1, 0.1), test = quadrants(200, 2, 0.1);
  const RandomForest large = RandomForest::fit(train.x, train.y, {.trees = 20}, Rng(1));
  const RandomForest small = RandomForest::fit(train.x * 1e-9, train.y, {.trees = 20}, Rng(1));
  EXPECT_GT(
      large.predict(test.x).eq(small.predict(test.x * 1e-9)).to(at::kDouble).mean().item<double>(),
      0.99);
}

TEST(RandomForest, LearnsFromTwoRows) {
  // One split tells them apart whenever both are drawn.
  const Tensor x = at::tensor({0.0f, 1.0f}).view({2, 1}), y = at::tensor({4, 9}, at::kLong);
  EXPECT_TRUE(RandomForest::fit(x, y, {.trees = 200}, Rng(1)).predict(x).equal(y));
}

TEST(RandomForest, OneClassIsAlwaysNamed) {
  const Sample train = quadrants(20, 1, 0);
  const RandomForest forest = RandomForest::fit(train.x, at::full({20}, 5, at::kLong), {}, Rng(1));
  EXPECT_TRUE(forest.predict(quadrants(7, 2, 0).x).equal(at::full({7}, 5, at::kLong)));
}

TEST(RandomForest, ProbabilitiesAreSharesOfItsTreesVotes) {
  const Sample train = quadrants(100, 1, 0.5), test = quadrants(200, 2, 0.5);
  const RandomForest forest = RandomForest::fit(train.x, train.y, {.trees = 8}, Rng(1));
  const Tensor shares = forest.probabilities(test.x, 3);
  EXPECT_TRUE(shares.sum(1).sub(1).abs().max().item<double>() < 1e-6);
  EXPECT_TRUE(shares.mul(8).eq(shares.mul(8).round()).all().item<bool>());
  // The class most trees name; where several have as many votes it may be any of them.
  const Tensor named = shares.gather(1, forest.predict(test.x).unsqueeze(1)).squeeze(1);
  EXPECT_TRUE(named.eq(std::get<0>(shares.max(1))).all().item<bool>());
  EXPECT_GT(shares.eq(0).logical_or(shares.eq(1)).logical_not().sum().item<int64_t>(), 0);
}

TEST(RandomForest, ProbabilitiesStandInTheColumnsOfTheirClasses) {
  const Sample train = quadrants(300, 1, 0);
  const RandomForest forest = RandomForest::fit(train.x, train.y * 2 + 1, {.trees = 20}, Rng(1));
  const Tensor shares = forest.probabilities(train.x, 7);
  EXPECT_EQ(shares.sizes(), (std::vector<int64_t>{300, 7}));
  for (const int64_t nobody : {0, 2, 4, 6})
    EXPECT_EQ(shares.select(1, nobody).max().item<float>(), 0);
  EXPECT_GT(shares.argmax(1).eq(train.y * 2 + 1).to(at::kDouble).mean().item<double>(), 0.95);
  EXPECT_THROW(forest.probabilities(train.x, 5), ShapeError);
  EXPECT_THROW(forest.probabilities(at::zeros({2, 5}), 7), ShapeError);
  EXPECT_EQ(forest.probabilities(at::zeros({0, 6}), 7).sizes(), (std::vector<int64_t>{0, 7}));
}

TEST(RandomForest, IsSureOfItsOnlyClass) {
  const Sample train = quadrants(20, 1, 0);
  const RandomForest forest = RandomForest::fit(train.x, at::full({20}, 1, at::kLong), {}, Rng(1));
  EXPECT_TRUE(forest.probabilities(train.x, 3).select(1, 1).eq(1).all().item<bool>());
  EXPECT_EQ(forest.probabilities(train.x, 3).sum().item<float>(), 20);
}

TEST(RandomForest, RefusesWhatItCannotLearnFrom) {
  const Sample train = quadrants(20, 1, 0);
  EXPECT_THROW(RandomForest::fit(at::zeros({0, 6}), at::zeros({0}, at::kLong), {}, Rng(1)),
               DataError);
  EXPECT_THROW(RandomForest::fit(train.x, train.y - 1, {}, Rng(1)), ShapeError);
  const RandomForest forest = RandomForest::fit(train.x, train.y, {.trees = 2}, Rng(1));
  EXPECT_THROW(forest.predict(at::zeros({2, 5})), ShapeError);
  EXPECT_EQ(forest.predict(at::zeros({0, 6})).numel(), 0);
}

/// Numbers that no line tells: the product of the first two features, in thousands, and then some.
Tensor products(const Tensor& x) { return x.select(1, 0) * x.select(1, 1) * 1000 + 5e5; }

double r2(const Tensor& truth, const Tensor& told) {
  const Tensor wide = truth.to(at::kDouble);
  return 1 - ((told.to(at::kDouble) - wide).square().sum() / (wide - wide.mean()).square().sum())
                 .item<double>();
}

TEST(RandomForest, TellsNumbersThatNoLineTells) {
  const Sample train = quadrants(600, 1, 0), test = quadrants(300, 2, 0);
  const RandomForestConfig config{.trees = 60, .features_per_split = 6};
  const RandomForest forest = RandomForest::fit_numbers(train.x, products(train.x), config, Rng(1));
  EXPECT_GT(r2(products(test.x), forest.numbers(test.x)), 0.6);
  EXPECT_GT(r2(products(train.x), forest.numbers(train.x)), 0.9);
}

TEST(RandomForest, UnitsOfNumbersMeanNothing) {
  const Sample train = quadrants(200, 1, 0);
  const auto tell = [&](double factor) {
    const Tensor y = products(train.x) * factor;
    return RandomForest::fit_numbers(train.x, y, {.trees = 10}, Rng(1)).numbers(train.x) / factor;
  };
  EXPECT_TRUE(tell(1).allclose(tell(1e-9), 1e-4, 1));
}

TEST(RandomForest, EqualNumbersAreAlwaysTold) {
  const Sample train = quadrants(20, 1, 0);
  const RandomForest forest = RandomForest::fit_numbers(train.x, at::full({20}, 2.5), {}, Rng(1));
  EXPECT_TRUE(forest.numbers(train.x).eq(2.5).all().item<bool>());
}

TEST(RandomForest, RefusesNumbersItCannotLearnFrom) {
  const Sample train = quadrants(20, 1, 0);
  EXPECT_THROW(RandomForest::fit_numbers(train.x, at::full({20}, NAN), {}, Rng(1)), DataError);
  EXPECT_THROW(RandomForest::fit_numbers(train.x, at::zeros({19}), {}, Rng(1)), ShapeError);
  const RandomForest forest =
      RandomForest::fit_numbers(train.x, products(train.x), {.trees = 2}, Rng(1));
  EXPECT_THROW(forest.numbers(at::zeros({2, 5})), ShapeError);
  EXPECT_EQ(forest.numbers(at::zeros({0, 6})).numel(), 0);
}

}  // namespace
}  // namespace tacit
