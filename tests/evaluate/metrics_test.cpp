// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/metrics.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"

namespace tacit {
namespace {

// The references are scikit-learn 1.9.1's:
//   i = np.arange(60)
//   truth = (i*i + 3*i) % 7 % 4
//   predicted = np.where(i % 3 == 0, i*5 % 4, truth); predicted[7] = 5
//   confusion_matrix(truth, predicted, labels=range(6))
//   precision_recall_fscore_support(truth, predicted, labels=range(6), zero_division=0)
//   accuracy_score, f1_score(average="macro"), f1_score(average="weighted"), cohen_kappa_score
// Class 2 and 5 occur only in the prediction, class 4 nowhere.
Tensor example() {
  std::vector<int64_t> truth, predicted;
  for (int64_t i = 0; i < 60; ++i) {
    truth.push_back((i * i + 3 * i) % 7 % 4);
    predicted.push_back(i == 7 ? 5 : i % 3 == 0 ? i * 5 % 4 : truth.back());
  }
  return confusion_matrix(at::tensor(truth), at::tensor(predicted), 6);
}

TEST(Metrics, ConfusionCountsPairsWithTheTruthInRows) {
  const Tensor expected = at::tensor({26, 3, 2, 3, 0, 1, 2, 11, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0,
                                      0,  1, 1, 7, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
                                     at::kLong);
  EXPECT_TRUE(example().equal(expected.view({6, 6})));
}

TEST(Metrics, ScoresMatchScikitLearn) {
  const Scores got = scores(example());
  EXPECT_NEAR(got.accuracy, 0.7333333333333333, 1e-14);
  EXPECT_NEAR(got.macro_f1, 0.44701484895033283, 1e-14);
  EXPECT_NEAR(got.weighted_f1, 0.7757287933094384, 1e-14);
  EXPECT_NEAR(got.kappa, 0.5791319596668127, 1e-14);
}

TEST(Metrics, ClassScoresMatchScikitLearn) {
  const std::vector<ClassScores> got = class_scores(example());
  ASSERT_EQ(got.size(), 6u);
  const double precision[] = {0.9285714285714286, 0.7333333333333333, 0, 0.6363636363636364, 0, 0};
  const double recall[] = {0.7428571428571429, 0.6875, 0, 0.7777777777777778, 0, 0};
  const double f1[] = {0.8253968253968254, 0.7096774193548387, 0, 0.7, 0, 0};
  const int64_t support[] = {35, 16, 0, 9, 0, 0};
  for (size_t k = 0; k < 6; ++k) {
    EXPECT_NEAR(got[k].precision, precision[k], 1e-14) << k;
    EXPECT_NEAR(got[k].recall, recall[k], 1e-14) << k;
    EXPECT_NEAR(got[k].f1, f1[k], 1e-14) << k;
    EXPECT_EQ(got[k].support, support[k]) << k;
  }
}

TEST(Metrics, ClassesThatOccurNowhereChangeNothing) {
  const Tensor truth = at::tensor({0, 1, 1, 0}, at::kLong);
  const Tensor predicted = at::tensor({0, 1, 0, 0}, at::kLong);
  EXPECT_EQ(Json(scores(confusion_matrix(truth, predicted, 2))),
            Json(scores(confusion_matrix(truth, predicted, 9))));
}

TEST(Metrics, APerfectPredictionScoresOne) {
  const Tensor truth = at::tensor({0, 1, 2, 1}, at::kLong);
  const Scores got = scores(confusion_matrix(truth, truth, 3));
  for (const double value : {got.accuracy, got.macro_f1, got.weighted_f1, got.kappa})
    EXPECT_DOUBLE_EQ(value, 1);
}

TEST(Metrics, KappaIsZeroWhenThereIsOneClass) {
  const Tensor truth = at::zeros({4}, at::kLong);
  EXPECT_EQ(scores(confusion_matrix(truth, truth, 2)).kappa, 0);
}

Tensor numbers(const std::vector<double>& list) { return at::tensor(list, at::kDouble); }

/// Probabilities of two classes, where these are of class 1.
Tensor of_class_1(const std::vector<double>& list) {
  return at::stack({1 - numbers(list), numbers(list)}, 1);
}

TEST(Auroc, IsTheShareOfPairsInOrderTiesCountingHalf) {
  const Tensor truth = at::tensor({0, 1, 0, 1, 1}, at::kLong);
  // Of six pairs: .4 against .3 and .4 won and tied; .8 wins twice; .3 ties and loses.
  EXPECT_DOUBLE_EQ(auroc(truth, of_class_1({.3, .4, .4, .8, .3})), (1.5 + 2 + 0.5) / 6);
  EXPECT_DOUBLE_EQ(auroc(truth, of_class_1({.1, .9, .1, .9, .9})), 1);
  EXPECT_DOUBLE_EQ(auroc(truth, of_class_1({.9, .1, .9, .1, .1})), 0);
  EXPECT_DOUBLE_EQ(auroc(truth, of_class_1({.5, .5, .5, .5, .5})), 0.5);
}

TEST(Auroc, OfOneScoreNeedsNoProbability) {
  const Tensor positive = at::tensor({1, 0, 0, 1}, at::kLong).to(at::kBool);
  EXPECT_DOUBLE_EQ(auroc_of(positive, numbers({7, -3, 9, 20})), 0.75);
}

TEST(Auroc, OfMoreClassesIsTheMeanOfEachAgainstTheRest) {
  const Tensor truth = at::tensor({0, 1, 2, 0}, at::kLong);
  const Tensor p = at::stack({numbers({.5, .4, .1, .3}),   // .5 beats two, .3 beats one: 3 / 4
                              numbers({.3, .3, .4, .5}),   // .3 ties with one of three: 1 / 6
                              numbers({.2, .3, .5, .2})},  // 1
                             1);
  EXPECT_DOUBLE_EQ(auroc(truth, p), (3.0 / 4 + 0.5 / 3 + 1) / 3);
  // A fourth class that no row is of does not count.
  const Tensor more = at::cat({p, at::zeros({4, 1}, at::kDouble)}, 1);
  EXPECT_DOUBLE_EQ(auroc(truth, more), auroc(truth, p));
}

TEST(Auroc, IsUndefinedWithOneClass) {
  const Tensor same = at::tensor({1, 1}, at::kLong);
  EXPECT_TRUE(std::isnan(auroc(same, of_class_1({.2, .3}))));
  EXPECT_TRUE(std::isnan(auroc(same, at::zeros({2, 3}, at::kDouble))));
}

TEST(Auroc, RefusesWhatDoesNotFit) {
  EXPECT_THROW(auroc(at::tensor({0, 1, 1}, at::kLong), of_class_1({.2, .3})), ShapeError);
  EXPECT_THROW(auroc(at::tensor({0, 2}, at::kLong), of_class_1({.2, .3})), ShapeError);
  EXPECT_THROW(auroc(at::tensor({0, -1}, at::kLong), of_class_1({.2, .3})), ShapeError);
}

TEST(Metrics, RefusesWhatItCannotCount) {
  const Tensor fine = at::tensor({0, 1}, at::kLong);
  EXPECT_THROW(confusion_matrix(at::tensor({0, -1}, at::kLong), fine, 2), ShapeError);
  EXPECT_THROW(confusion_matrix(fine, at::tensor({0, 2}, at::kLong), 2), ShapeError);
  EXPECT_THROW(confusion_matrix(fine, at::zeros({3}, at::kLong), 2), ShapeError);
  EXPECT_THROW(scores(at::zeros({2, 3}, at::kLong)), ShapeError);
  EXPECT_THROW(scores(at::zeros({2, 2}, at::kLong)), DataError);
}

TEST(NumberScores, MatchScikitLearn) {
  // root_mean_squared_error, mean_absolute_error and r2_score; numpy.corrcoef
  const NumberScores got = number_scores(numbers({1.5, -2, 0.25, 7}), numbers({1, -1, 0.5, 6}));
  EXPECT_NEAR(got.rmse, 0.7603453162872774, 1e-14);
  EXPECT_NEAR(got.mae, 0.6875, 1e-14);
  EXPECT_NEAR(got.r2, 0.9473496976165066, 1e-14);
  EXPECT_NEAR(got.correlation, 0.9938006128651707, 1e-14);
}

TEST(NumberScores, TellingTheMeanIsWorthNothing) {
  EXPECT_NEAR(number_scores(numbers({1, 2, 6}), numbers({3, 3, 3})).r2, 0, 1e-15);
  EXPECT_EQ(number_scores(numbers({1, 2, 6}), numbers({1, 2, 6})).r2, 1);
  EXPECT_LT(number_scores(numbers({1, 2, 6}), numbers({6, 2, 1})).r2, 0);
  EXPECT_NEAR(number_scores(numbers({1, 2, 6}), numbers({-2, -4, -12})).correlation, -1, 1e-15);
  EXPECT_TRUE(std::isnan(number_scores(numbers({1, 2, 6}), numbers({3, 3, 3})).correlation));
  EXPECT_TRUE(std::isnan(number_scores(numbers({2, 2}), numbers({2, 2})).r2));
}

TEST(NumberScores, RefuseWhatTheyCannotCompare) {
  EXPECT_THROW(number_scores(numbers({1, 2}), numbers({1})), ShapeError);
  EXPECT_THROW(number_scores(numbers({}), numbers({})), DataError);
  EXPECT_THROW(number_scores(numbers({1, std::nan("")}), numbers({1, 2})), DataError);
}

}  // namespace
}  // namespace tacit
