// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/core/spec.h"

namespace tacit {

/// How often class truth was called predicted.
/// truth, predicted: [N] int64, values 0 … classes-1 -> [K, K] int64, rows are the truth.
/// Throws ShapeError for different lengths and for a class out of range (-1, unlabelled, included).
Tensor confusion_matrix(const Tensor& truth, const Tensor& predicted, int64_t classes);

/// Four numbers between a prediction and the truth, defined as scikit-learn defines them.
struct Scores {
  double accuracy = 0;     ///< share of rows predicted right
  double macro_f1 = 0;     ///< mean F1 over the classes that occur in the truth or the prediction
  double weighted_f1 = 0;  ///< mean F1 weighted by how often each class occurs in the truth
  double kappa = 0;        ///< Cohen's: (accuracy - chance) / (1 - chance); 0 where chance is 1
};
void to_json(Json&, const Scores&);

/// confusion: [K, K] int64, rows are the truth. A class that occurs neither in the truth nor in the
/// prediction does not count in macro_f1; one that is only predicted, or never predicted, counts
/// with F1 0. Throws ShapeError unless the matrix is square, and DataError when it counts no rows.
Scores scores(const Tensor& confusion);

/// Area under the receiver operating characteristic: how often a row of class 1 is given a higher
/// probability of it than one of class 0, equal ones counting half. With more classes the mean over
/// those that occur, each against the rest, as scikit-learn's roc_auc_score(multi_class="ovr").
/// truth: [N] int64; probabilities: [N, K]. NaN when fewer than two classes occur or a probability
/// is not a number. Throws ShapeError as confusion_matrix does.
double auroc(const Tensor& truth, const Tensor& probabilities);

/// The same for one score: [N] double, `positive`: [N] bool.
double auroc_of(const Tensor& positive, const Tensor& score);

/// Numbers between told numbers and true ones; rmse and mae in their units.
struct NumberScores {
  double rmse = 0;  ///< root of the mean squared error
  double mae = 0;   ///< mean absolute error
  double r2 = 0;    ///< 1 - squared error / that of always telling the mean; NaN of equal truths
  double correlation = 0;  ///< Pearson's; NaN where either never changes
};
void to_json(Json&, const NumberScores&);

/// truth, told: [N] float. Throws ShapeError for different lengths and DataError without rows or
/// with a truth that is not finite (an unlabelled row).
NumberScores number_scores(const Tensor& truth, const Tensor& told);

/// One class against the rest. A ratio whose denominator is 0 is 0.
struct ClassScores {
  double precision = 0;  ///< right / predicted as this class
  double recall = 0;     ///< right / rows of this class
  double f1 = 0;         ///< 2 right / (predicted + rows)
  int64_t support = 0;   ///< rows of this class
};

/// One entry a class. Throws ShapeError unless the matrix is square.
std::vector<ClassScores> class_scores(const Tensor& confusion);

}  // namespace tacit
