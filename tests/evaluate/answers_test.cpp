// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/answers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tacit/evaluate/ridge.h"

namespace tacit {
namespace {

const Tensor kIndex = at::arange(30, at::kFloat);
Tensor rows() { return at::stack({kIndex.sin(), kIndex.cos()}, 1); }
Tensor classes() { return kIndex.sin().gt(0).to(at::kLong); }
Tensor numbers() { return kIndex.sin() * 10 + 100; }

TEST(Answers, AreProbabilitiesOfClasses) {
  const Tensor x = rows(), y = classes();
  EXPECT_TRUE(
      probe_answers(x, y, x, 2, {}).equal(fit_linear_probe(x, y, 2).classifier.probabilities(x)));
  EXPECT_TRUE(knn_answers(x, y, x, 2, {}).equal(knn_probabilities(x, y, x, 2)));
  EXPECT_TRUE(forest_answers(x, y, x, 2, {.trees = 5}, Rng(1))
                  .equal(RandomForest::fit(x, y, {.trees = 5}, Rng(1)).probabilities(x, 2)));
}

TEST(Answers, AreNumbersOfNumbers) {
  const Tensor x = rows(), y = numbers();
  EXPECT_TRUE(probe_answers(x, y, x, 0, {.c = 2}).equal(fit_ridge(x, y, {.c = 2}).predict(x)));
  EXPECT_TRUE(knn_answers(x, y, x, 0, {}).equal(knn_numbers(x, y, x)));
  EXPECT_TRUE(forest_answers(x, y, x, 0, {.trees = 5}, Rng(1))
                  .equal(RandomForest::fit_numbers(x, y, {.trees = 5}, Rng(1)).numbers(x)));
}

TEST(Answers, AreByTheSpreadOfAllRowsOfTrainingIfAsked) {
  const LinearProbeConfig config{.c = 2, .standardize_by = Standardize::training};
  const Tensor x = rows(), y = numbers();
  EXPECT_TRUE(probe_answers(x, y, x, 0, config, x).allclose(probe_answers(x, y, x, 0, {.c = 2})));
  EXPECT_TRUE(probe_answers(x, classes(), x, 2, config, x)
                  .allclose(probe_answers(x, classes(), x, 2, {.c = 2}), 1e-4, 1e-6));
  EXPECT_THROW(probe_answers(x, y, x, 0, config), ShapeError);
  // A third feature says nothing, and of the few rows with labels it is nearly the same.
  const Tensor noise = (kIndex * 7).sin();
  const Tensor all = at::stack({kIndex.sin(), kIndex.cos(), noise}, 1);
  const Tensor few = all.slice(0, 0, 8).clone();
  few.select(1, 2).mul_(1e-4);
  const Tensor known = y.slice(0, 0, 8);
  const auto error = [&](const Tensor& said) { return (said - y).abs().max().item<double>(); };
  EXPECT_LT(error(probe_answers(few, known, all, 0, config, all)), 4);
  EXPECT_GT(error(probe_answers(few, known, all, 0, {.c = 2})), 1000);
}

}  // namespace
}  // namespace tacit
