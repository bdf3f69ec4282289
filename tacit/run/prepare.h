// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tacit/data/examples.h"
#include "tacit/data/preprocessing.h"
#include "tacit/data/split.h"
#include "tacit/evaluate/label_units.h"
#include "tacit/run/folder.h"
#include "tacit/run/recipe.h"

namespace tacit {

/// The data of a recipe, read and split.
struct Prepared {
  std::shared_ptr<const Examples> examples;  ///< as they were read
  std::vector<Split> folds;                  ///< one, or one a fold
  std::string fingerprint;                   ///< of everything that was read

  const std::vector<std::string>& classes() const { return examples->classes(); }
  /// 0 where labels are numbers.
  int64_t class_count() const { return static_cast<int64_t>(classes().size()); }
  /// What `labels` in all amount to: so many a class on average, or, of numbers, so many.
  double labels(int64_t labels) const {
    return static_cast<double>(labels) / static_cast<double>(std::max<size_t>(1, classes().size()));
  }
};

/// Throws ConfigError and DataError.
Prepared prepare(const Recipe& recipe);

/// Throws ConfigError unless models of the labels can be trained and compared: classes, two or
/// more, or numbers, by a metric of theirs, and label smoothing of classes only.
void require_scorable(const Recipe& recipe, const Examples& examples);

/// One fold of prepared data as an encoder sees it. The prepared data must outlive it.
struct Fold {
  Fold(const Recipe& recipe, const Prepared& prepared, const Split& split,
       Preprocessing preprocessing);

  const Split& split;
  Preprocessing preprocessing;
  Preprocessed rows;  ///< all of them
  Subset train;       ///< what pre-training sees
  Subset validation;
  std::vector<int64_t> pool;    ///< rows with a label outside the test part: where labels are drawn
  std::vector<int64_t> scored;  ///< rows with a label in the test part
  LabelUnits pool_units, scored_units;  ///< what their labels are of, as curve.unit says
};

/// A fold whose preprocessing is fitted on its training rows.
Fold fit_fold(const Recipe& recipe, const Prepared& prepared, const Split& split);

/// Features for a model that needs no pre-training: of signals those that `classical` names, of
/// windows as they are before the normaliser; of a table its encoded fields, where -10 stands for a
/// missing number; of an image its pixels; of a clip grey_cells() of the frame whose label it has.
/// [rows, F].
Tensor classical_features(Classical classical, const Prepared& prepared, const Fold& fold,
                          const std::vector<int64_t>& rows);

/// What shortcuts see of rows: the mean of each channel, [rows, C], of rows that have channels
/// (else ConfigError); and when they begin within their recording, in seconds where there are any,
/// [rows, 1].
Tensor colour_features(const Prepared& prepared, const std::vector<int64_t>& rows);
Tensor time_features(const Prepared& prepared, const std::vector<int64_t>& rows);

/// What a report says of the data and its split: members for run.json.
Json describe_data(const Prepared& prepared);

}  // namespace tacit
