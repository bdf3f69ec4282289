// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tacit {

/// A mean score reached with a number of labels a class.
struct CurvePoint {
  double labels = 0;  ///< > 0; any unit, the same throughout
  double score = 0;   ///< larger is better
};

/// What a factor says: its value, or that it lies outside what the curve measured.
enum class FactorBound { exact, at_least, below };
std::vector<std::string> names(FactorBound);

/// How many times the labels supervised training needs for the same score.
struct LabelEquivalence {
  double labels = 0;  ///< that supervised training needs, or the curve's end that bounds them
  double factor = 0;  ///< labels / labels of the self-supervised model; > 1 favours it
  FactorBound bound = FactorBound::exact;

  /// "8.0", ">= 25", "< 0.5", for tables.
  std::string print() const;
  /// One sentence for people; `unit` is what labels are counted in.
  std::string sentence(const std::string& unit = "labels a class") const;
};

/// The supervised curve is made monotone by its running maximum (more labels never hurt) and is
/// linear in the logarithm of labels between points; the answer is the fewest labels at which it
/// reaches reached.score. `at_least` when it never does (then labels is its last point), `below`
/// when its first point is above already (then labels is that point). supervised: one or more
/// points in any order. Throws DataError for no points, labels that are not positive or repeated,
/// or scores that are not finite.
LabelEquivalence label_equivalence(std::vector<CurvePoint> supervised, const CurvePoint& reached);

}  // namespace tacit
