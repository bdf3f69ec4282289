// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/list_statistics.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tacit {

double mean(std::span<const double> x) {
  double sum = 0;
  for (const double value : x) sum += value;
  return x.empty() ? 0 : sum / static_cast<double>(x.size());
}

double deviation(std::span<const double> x) {
  const double middle = mean(x);
  double sum = 0;
  for (const double value : x) sum += (value - middle) * (value - middle);
  return x.empty() ? 0 : std::sqrt(sum / static_cast<double>(x.size()));
}

double root_mean_square(std::span<const double> x) {
  double sum = 0;
  for (const double value : x) sum += value * value;
  return x.empty() ? 0 : std::sqrt(sum / static_cast<double>(x.size()));
}

double percentile(std::vector<double> x, double percent) {
  if (x.empty()) return 0;
  const double place = percent / 100 * static_cast<double>(x.size() - 1);
  const auto below = x.begin() + static_cast<std::ptrdiff_t>(place);
  std::ranges::nth_element(x, below);
  const double low = *below;
  const double high = below + 1 == x.end() ? low : *std::min_element(below + 1, x.end());
  return std::lerp(low, high, place - std::floor(place));
}

double median(std::vector<double> x) { return percentile(std::move(x), 50); }

double correlation(std::span<const double> x, std::span<const double> y) {
  constexpr double constant = 1e-9;
  const double x0 = mean(x), y0 = mean(y), x1 = deviation(x), y1 = deviation(y);
  if (x1 <= constant * root_mean_square(x) || y1 <= constant * root_mean_square(y)) return 0;
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += (x[i] - x0) / x1 * ((y[i] - y0) / y1);
  return std::clamp(sum / static_cast<double>(x.size()), -1.0, 1.0);
}

}  // namespace tacit
