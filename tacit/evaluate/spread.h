// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "tacit/core/json.h"

namespace tacit {

/// Repetitions of one measurement (seeds, folds) in a few numbers. With a single value std, low and
/// high are not a number (null in JSON): one value says nothing about its spread.
struct Spread {
  double mean = 0;
  double std = 0;            ///< of the sample, denominator n - 1
  double low = 0, high = 0;  ///< 95 % interval of the mean: mean ± t(0.975, n - 1) std / sqrt(n)
  int64_t n = 0;
  std::vector<double> values;  ///< as given
};
void to_json(Json&, const Spread&);

/// Throws DataError when there are no values.
Spread spread(std::vector<double> values);

/// The t with P(|T| <= t) = probability for Student's T with this many degrees of freedom (>= 1),
/// found by bisection; probability in [0, 1). Abramowitz & Stegun 1964, 26.7.3 and 26.7.4.
double student_t(double probability, int64_t degrees);

}  // namespace tacit
