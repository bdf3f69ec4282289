// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tacit/data/examples.h"

namespace tacit {

/// What one label is of, and so what labels are counted and scored by.
enum class LabelUnit {
  row,       ///< a window, or a row of a table
  recording  ///< all windows of a recording together
};
inline std::vector<std::string> names(LabelUnit) { return {"row", "recording"}; }

/// Labelled rows, and the units that they make up, numbered in the order of their first rows.
class LabelUnits {
 public:
  /// `rows` of `examples`. Throws DataError for a recording whose rows have different labels.
  LabelUnits(LabelUnit unit, const Examples& examples, std::span<const int64_t> rows);

  int64_t size() const { return units_; }
  /// Of each unit, as labels_of() gives them.
  const Tensor& labels() const { return labels_; }
  /// Positions of the rows of some units, in the order of the units.
  std::vector<int64_t> rows_of(std::span<const int64_t> units) const;
  /// Features x of all rows, [N, D], as features of units: of rows themselves; of recordings the
  /// means and standard deviations over their rows, [size(), 2 D].
  Tensor pool(const Tensor& x) const;
  /// What is told of all rows, [N, *], as what is told of units, [size(), *]: the mean.
  Tensor mean(const Tensor& told) const;

 private:
  LabelUnit unit_;
  int64_t units_ = 0;
  Tensor unit_of_;  // [N] int64
  Tensor labels_;   // [size()]
};

}  // namespace tacit
