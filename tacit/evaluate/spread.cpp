// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/spread.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "tacit/core/error.h"

namespace tacit {
namespace {

/// P(|T| <= t): a finite series for whole degrees of freedom.
double central_probability(double t, int64_t degrees) {
  const double angle = std::atan(t / std::sqrt(static_cast<double>(degrees)));
  const double cosine = std::cos(angle);
  const bool odd = degrees % 2 == 1;
  double term = odd ? cosine : 1, sum = degrees == 1 ? 0 : term;
  for (int64_t k = odd ? 2 : 1; k < degrees - 2; k += 2) {
    const auto step = static_cast<double>(k);
    term *= step / (step + 1) * cosine * cosine;
    sum += term;
  }
  if (odd) return 2 / std::numbers::pi * (angle + std::sin(angle) * sum);
  return std::sin(angle) * sum;
}

}  // namespace

double student_t(double probability, int64_t degrees) {
  require<ConfigError>(probability >= 0 && probability < 1 && degrees >= 1,
                       "student_t needs a probability in [0, 1) and degrees >= 1, got {} and {}",
                       probability, degrees);
  double low = 0, high = 1;
  while (central_probability(high, degrees) < probability) high *= 2;
  while (true) {
    const double middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;  // neighbours among the doubles
    (central_probability(middle, degrees) < probability ? low : high) = middle;
  }
}

Spread spread(std::vector<double> values) {
  require<DataError>(!values.empty(), "there are no values to take the mean of");
  Spread result;
  result.n = static_cast<int64_t>(values.size());
  const auto n = static_cast<double>(result.n);
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  result.values = std::move(values);
  if (result.n == 1) {
    result.std = result.low = result.high = std::numeric_limits<double>::quiet_NaN();
    return result;
  }
  result.std = std::sqrt(squares / (n - 1));
  const double half = student_t(0.95, result.n - 1) * result.std / std::sqrt(n);
  result.low = result.mean - half;
  result.high = result.mean + half;
  return result;
}

void to_json(Json& json, const Spread& value) {
  json = Json{{"mean", value.mean}, {"std", value.std}, {"low", value.low},
              {"high", value.high}, {"n", value.n},     {"values", value.values}};
}

}  // namespace tacit
