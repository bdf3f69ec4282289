// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/lbfgs.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <ranges>
#include <vector>

namespace tacit {
namespace {

double scalar_product(const Tensor& a, const Tensor& b) { return a.dot(b).item<double>(); }

struct Pair {
  Tensor step;    ///< [P] change of place
  Tensor change;  ///< [P] change of gradient
  double curvature;
};

/// - (approximate inverse Hessian) x gradient: the two-loop recursion.
Tensor direction(const std::deque<Pair>& pairs, const Tensor& gradient) {
  Tensor q = -gradient;
  std::vector<double> along;
  for (const Pair& pair : pairs | std::views::reverse) {
    along.push_back(scalar_product(pair.step, q) / pair.curvature);
    q = q - along.back() * pair.change;
  }
  if (pairs.empty()) return q / std::max(1.0, gradient.norm().item<double>());
  q = q * (pairs.back().curvature / scalar_product(pairs.back().change, pairs.back().change));
  for (const Pair& pair : pairs) {
    q = q + (along.back() - scalar_product(pair.change, q) / pair.curvature) * pair.step;
    along.pop_back();
  }
  return q;
}

struct Step {
  double length = 0;  ///< 0 when no step makes the function smaller
  Evaluation there;
};

/// Sufficient decrease and a flatter slope, found by doubling and halving.
Step search(const std::function<Evaluation(const Tensor&)>& function, const Tensor& place,
            const Evaluation& here, const Tensor& way) {
  constexpr double kDecrease = 1e-4, kFlatter = 0.9;
  constexpr int kTrials = 60;
  const double slope = scalar_product(here.gradient, way);
  // Near the minimum the value no longer shows a decrease that the slope still does.
  const double rounding = 1e-15 * std::abs(here.value);
  double low = 0, high = std::numeric_limits<double>::infinity(), length = 1;
  Step best;
  for (int trial = 0; trial < kTrials; ++trial) {
    Evaluation there = function(place + length * way);
    // Negated, so that a value which is not a number counts as too large.
    if (!(there.value <= here.value + kDecrease * length * slope + rounding)) {
      high = length;
    } else {
      const bool flat = scalar_product(there.gradient, way) >= kFlatter * slope;
      best = {length, std::move(there)};
      if (flat) break;
      low = length;
    }
    length = high < std::numeric_limits<double>::infinity() ? (low + high) / 2 : 2 * length;
  }
  return best;
}

}  // namespace

Minimum minimize(const std::function<Evaluation(const Tensor&)>& function, const Tensor& start,
                 const LbfgsConfig& config) {
  Tensor place = start.clone();
  Evaluation here = function(place);
  std::deque<Pair> pairs;
  int64_t iteration = 0;
  const auto largest = [](const Tensor& gradient) { return gradient.abs().max().item<double>(); };
  while (iteration < config.max_iterations && largest(here.gradient) > config.tolerance) {
    const Tensor way = direction(pairs, here.gradient);
    Step next = search(function, place, here, way);
    if (next.length == 0) break;  // rounding hides any descent
    Pair pair{next.length * way, next.there.gradient - here.gradient, 0};
    pair.curvature = scalar_product(pair.step, pair.change);
    place = place + pair.step;
    here = std::move(next.there);
    ++iteration;
    if (pair.curvature > 0) pairs.push_back(std::move(pair));
    if (static_cast<int64_t>(pairs.size()) > config.memory) pairs.pop_front();
  }
  return {place, here.value, largest(here.gradient), iteration};
}

}  // namespace tacit
