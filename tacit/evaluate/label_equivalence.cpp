// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/label_equivalence.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

#include "tacit/core/error.h"

namespace tacit {
namespace {

void require_point(const CurvePoint& point) {
  require<DataError>(point.labels > 0 && std::isfinite(point.labels) && std::isfinite(point.score),
                     "a label curve needs positive labels and finite scores, got {} at {} labels",
                     point.score, point.labels);
}

/// Two significant digits, or whole from 100 on: "0.083", "1.4", "25", "230".
std::string brief(double value) {
  std::ostringstream out;
  const double magnitude = value > 0 ? std::floor(std::log10(value)) : 0;
  out << std::fixed << std::setprecision(static_cast<int>(std::max(0.0, 1 - magnitude))) << value;
  return out.str();
}

/// Counts are whole where they were counted, and brief where they were interpolated.
std::string labels_text(double labels) {
  return std::abs(labels - std::round(labels)) < 1e-6 ? text("{}", std::llround(labels))
                                                      : brief(labels);
}

/// Labels at which the line between two points, over log labels, has this score.
double crossing(const CurvePoint& low, const CurvePoint& high, double score) {
  const double share = (score - low.score) / (high.score - low.score);
  return std::exp(std::lerp(std::log(low.labels), std::log(high.labels), share));
}

}  // namespace

std::vector<std::string> names(FactorBound) { return {"exact", "at_least", "below"}; }

LabelEquivalence label_equivalence(std::vector<CurvePoint> supervised, const CurvePoint& reached) {
  require<DataError>(!supervised.empty(), "the supervised label curve has no points");
  require_point(reached);
  for (const CurvePoint& point : supervised) require_point(point);
  std::ranges::sort(supervised, {}, &CurvePoint::labels);
  for (size_t i = 1; i < supervised.size(); ++i) {
    require<DataError>(supervised[i].labels > supervised[i - 1].labels,
                       "the supervised label curve has {} labels twice", supervised[i].labels);
    supervised[i].score = std::max(supervised[i].score, supervised[i - 1].score);
  }
  const auto make = [&](double labels, FactorBound bound) {
    return LabelEquivalence{labels, labels / reached.labels, bound};
  };
  const auto above = std::ranges::lower_bound(supervised, reached.score, {}, &CurvePoint::score);
  if (above == supervised.end()) return make(supervised.back().labels, FactorBound::at_least);
  if (above->score == reached.score) return make(above->labels, FactorBound::exact);
  if (above == supervised.begin()) return make(above->labels, FactorBound::below);
  return make(crossing(*std::prev(above), *above, reached.score), FactorBound::exact);
}

std::string LabelEquivalence::print() const {
  const std::string sign = bound == FactorBound::exact   ? ""
                           : bound == FactorBound::below ? "< "
                                                         : ">= ";
  return sign + brief(factor);
}

std::string LabelEquivalence::sentence(const std::string& unit) const {
  const std::string own = labels_text(labels / factor);
  switch (bound) {
    case FactorBound::exact:
      return text(
          "With {} {} it scores what supervised training scores with {}: one "
          "label does the work of {}.",
          own, unit, labels_text(labels), brief(factor));
    case FactorBound::at_least:
      return text(
          "With {} {} it scores more than supervised training with {}, the most "
          "that was tried: one label does the work of {} or more.",
          own, unit, labels_text(labels), brief(factor));
    case FactorBound::below:
      return text(
          "With {} {} it scores less than supervised training with {}, the "
          "fewest that was tried: one label does the work of less than {}.",
          own, unit, labels_text(labels), brief(factor));
  }
  return "";
}

}  // namespace tacit
