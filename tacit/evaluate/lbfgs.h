// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>

#include "tacit/core/spec.h"

namespace tacit {

struct LbfgsConfig {
  int64_t max_iterations = 1000;
  double tolerance = 1e-6;  ///< stop when no entry of the gradient is larger
  int64_t memory = 10;      ///< pairs of steps that model the curvature
};

/// A function's value and gradient at one place.
struct Evaluation {
  double value = 0;
  Tensor gradient;  ///< [P] double
};

/// Where a minimisation ended.
struct Minimum {
  Tensor place;  ///< [P] double
  double value = 0;
  double gradient = 0;  ///< largest absolute entry there; above the tolerance: not converged
  int64_t iterations = 0;
};

/// Minimises a smooth function by L-BFGS with a bisecting line search for the weak Wolfe
/// conditions; deterministic. start: [P] double.
/// Nocedal & Wright 2006, "Numerical Optimization", algorithm 7.4; Lewis & Overton 2013, algorithm
/// 2.6, for the line search.
Minimum minimize(const std::function<Evaluation(const Tensor&)>& function, const Tensor& start,
                 const LbfgsConfig& config);

}  // namespace tacit
