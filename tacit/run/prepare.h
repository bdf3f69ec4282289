// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/data/normalizer.h"
#include "tacit/data/split.h"
#include "tacit/data/windows.h"
#include "tacit/run/folder.h"
#include "tacit/run/recipe.h"

namespace tacit {

/// The data of a recipe, cut, split and normalised.
struct Prepared {
  std::shared_ptr<const SignalWindows> windows;
  std::vector<Split> folds;  ///< one, or one a fold
  std::string fingerprint;   ///< of everything that was read

  const std::vector<std::string>& classes() const { return windows->signals().classes; }
};

/// Throws ConfigError and DataError.
Prepared prepare(const Recipe& recipe);

/// One fold of prepared data, seen through a normaliser. The prepared data must outlive it.
struct Fold {
  Fold(const Prepared& prepared, const Split& split, Normalizer normalizer);

  const Split& split;
  Normalizer normalizer;
  Normalized rows;  ///< all windows
  Subset train;     ///< what pre-training sees
  Subset validation;
  std::vector<int64_t>
      pool;  ///< windows with a label outside the test part, where labels are drawn
  std::vector<int64_t> scored;  ///< windows with a label in the test part
};

/// Classes of some windows, [N] int64.
Tensor labels_of(const Prepared& prepared, const std::vector<int64_t>& rows);

/// A fold whose normaliser is fitted on its training rows.
Fold fit_fold(const Recipe& recipe, const Prepared& prepared, const Split& split);

/// What a report says of the data and its split: members for run.json.
Json describe_data(const Prepared& prepared);

}  // namespace tacit
