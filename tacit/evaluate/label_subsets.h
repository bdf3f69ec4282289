// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {

/// Labelled rows of each class, or in all where labels are numbers, as written in a recipe: 5, "1%"
/// of those there are, or "all".
struct LabelCount {
  int64_t count = 1;  ///< 1 or more; means nothing when `all` or with a share
  bool all = false;
  double percent = 0;  ///< above 0: this share of a class's rows instead, at least one

  static LabelCount read(const Json&, const std::string& where);  ///< throws ConfigError
  static std::string type_name() { return "a whole number >= 1, a share like \"1%\", or \"all\""; }
  Json write() const;
  std::string print() const;  ///< "5", "1%" or "all"
  /// How many of a class of `rows`.
  int64_t of(int64_t rows) const;
  bool operator==(const LabelCount&) const = default;
};

/// A class that has fewer rows than were asked for.
struct ShortClass {
  int64_t label;
  int64_t rows;  ///< that it has; all were drawn
};

struct LabelDraw {
  std::vector<int64_t> rows;              ///< positions in y, sorted
  std::vector<ShortClass> short_classes;  ///< by label; empty when the rows are all
};

/// Draws rows of each class without replacement. Draws are nested: with equal y and rng, more
/// labels contain fewer, and a class's rows do not depend on the other classes. Rows without a
/// label (-1) are never drawn. y: [N] int64, or [N] float where labels are numbers: rows with one
/// (not NaN) then count as one class, 0. Throws ShapeError unless y is [N].
LabelDraw draw_labels(const Tensor& y, LabelCount per_class, const Rng& rng);

}  // namespace tacit
