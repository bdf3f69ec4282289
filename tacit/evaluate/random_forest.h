// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>

#include "tacit/core/config.h"
#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {

struct RandomForestConfig {
  int64_t trees = 300;
  int64_t max_depth = 25;
  int64_t min_split_rows = 2;      ///< scikit-learn's min_samples_split
  int64_t features_per_split = 0;  ///< 0: the square root of F, of numbers F / 3, rounded down
};
template <class Visitor>
void describe(Visitor& visit, RandomForestConfig& config) {
  visit("trees", config.trees, "grown on bootstrap samples of the rows; they vote",
        between(1, 100000));
  visit("max_depth", config.max_depth, "of a tree", between(1, 25));
  visit("min_split_rows", config.min_split_rows, "a node with fewer rows is not split",
        between(2, 1000000));
  visit("features_per_split", config.features_per_split,
        "drawn at random for each node; 0: the square root of how many there are, a third of them "
        "where labels are numbers",
        at_least(0));
}

/// A random forest (Breiman 2001) with Gini splits, or least squares for numbers, for comparison
/// with features that need no pre-training. The result depends on the data, the config and the rng
/// only. OpenCV does the work; it keeps its number of threads in a process-wide setting, so do not
/// fit from several threads.
class RandomForest {
 public:
  /// x: [N, F] float; y: [N] int64, 0 or more. Rows of one class only make a forest that always
  /// names it. Throws ShapeError for sizes that do not fit and DataError when there are no rows or
  /// a feature is not finite.
  static RandomForest fit(const Tensor& x, const Tensor& y, const RandomForestConfig& config,
                          Rng rng);
  /// y: [N] float. Trees tell means of their leaves, the forest the mean of its trees. Throws as
  /// require_numbers does.
  static RandomForest fit_numbers(const Tensor& x, const Tensor& y,
                                  const RandomForestConfig& config, Rng rng);
  RandomForest(RandomForest&&) noexcept;
  RandomForest& operator=(RandomForest&&) noexcept;
  ~RandomForest();

  /// Of a forest of numbers. x: [N, F] -> [N] float32. Throws ShapeError when F differs.
  Tensor numbers(const Tensor& x) const;
  /// x: [N, F] -> [N] int64, the class most trees name. Throws ShapeError when F differs.
  Tensor predict(const Tensor& x) const;
  /// x: [N, F] -> [N, K] float32, each class's share of the trees' votes. Throws ShapeError when F
  /// differs or a class of the training rows is outside 0 … classes-1.
  Tensor probabilities(const Tensor& x, int64_t classes) const;

 private:
  struct Trees;
  explicit RandomForest(std::unique_ptr<Trees> trees);

  std::unique_ptr<Trees> trees_;
};

}  // namespace tacit
