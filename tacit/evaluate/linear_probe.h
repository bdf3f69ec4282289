// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/spec.h"

namespace tacit {

/// Whose mean and deviation features are measured in.
enum class Standardize {
  labelled,  ///< of the rows that the probe is fitted to
  training   ///< of all rows that training reads, with labels or without: of few, the deviation of
             ///< a feature may be near 0 by chance, and then other rows lie far away
};
inline std::vector<std::string> names(Standardize) { return {"labelled", "training"}; }

struct LinearProbeConfig {
  double c = 1;  ///< inverse strength of the L2 penalty, scikit-learn's C
  int64_t max_iterations = 1000;
  double tolerance = 1e-6;
  bool standardize = true;
  Standardize standardize_by = Standardize::labelled;
};
template <class Visitor>
void describe(Visitor& visit, LinearProbeConfig& config) {
  visit("c", config.c, "inverse strength of the L2 penalty; smaller is stronger", above(0));
  visit("max_iterations", config.max_iterations, "of L-BFGS", at_least(1));
  visit("tolerance", config.tolerance, "stop when no entry of the mean loss's gradient is larger",
        above(0));
  visit("standardize", config.standardize,
        "bring each feature to mean 0 and deviation 1 before fitting");
  visit("standardize_by", config.standardize_by,
        "over which rows: those with labels that are fitted, or all that training reads, which is "
        "steadier where labels are few");
}

/// Mean and deviation of each feature of x: [N, D] double, [D] both; 0 and 1 unless
/// config.standardize, and the deviation of a constant is 1.
std::pair<Tensor, Tensor> standardisation(const Tensor& x, const LinearProbeConfig& config);

/// Class scores x · weightᵀ + bias, in the units of the features as given.
struct LinearClassifier {
  Tensor weight;  ///< [K, D] double
  Tensor bias;    ///< [K] double

  /// x: [N, D] -> [N] int64. Throws ShapeError when D differs.
  Tensor predict(const Tensor& x) const;
  /// x: [N, D] -> [N, K] double, rows sum to 1. Throws ShapeError when D differs.
  Tensor probabilities(const Tensor& x) const;
};

struct LinearFit {
  LinearClassifier classifier;
  int64_t iterations = 0;
  double gradient =
      0;  ///< largest entry at the end; above the tolerance: stopped by max_iterations
};

/// Multinomial logistic regression: minimises, with z = (x - mean) / std over the training rows,
///     mean of -log softmax(z Wᵀ + b)[y]  +  |W|² / (2 c N)
/// by L-BFGS in double precision from zero. The standardisation is then folded into weight and
/// bias. This is scikit-learn's LogisticRegression(C = c) on StandardScaler's output for three
/// classes and more; for two, scikit-learn fits one weight vector, which equals this at half its C.
/// x: [N, D]; y: [N], 0 … classes-1. A class without rows gets weight 0 and bias -1e30, that is
/// probability 0. row_weight: [N] positive, or undefined for equal weights: the mean of the loss is
/// weighted by it; standardisation and penalty are not. Throws ShapeError for sizes that do not fit
/// or a class out of range, and DataError when fewer than two classes have rows or a feature is not
/// finite.
LinearFit fit_linear_probe(const Tensor& x, const Tensor& y, int64_t classes,
                           const LinearProbeConfig& config = {}, const Tensor& row_weight = {});

}  // namespace tacit
