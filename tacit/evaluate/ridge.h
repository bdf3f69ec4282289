// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/evaluate/linear_probe.h"

namespace tacit {

/// A number x · weight + bias, in the units of the features as given.
struct LinearRegressor {
  Tensor weight;    ///< [D] double
  double bias = 0;  ///< of x = 0

  /// x: [N, D] -> [N] double. Throws ShapeError when D differs.
  Tensor predict(const Tensor& x) const;
};

/// Ridge regression in closed form and double precision: minimises, with z = (x - mean) / std over
/// the training rows,
///     sum of (z · w + b - y)²  +  |w|² / c
/// and folds the standardisation into weight and bias. This is scikit-learn's Ridge(alpha = 1 / c)
/// on StandardScaler's output, and what fit_linear_probe is to classes; config's max_iterations and
/// tolerance do not matter. x: [N, D]; y: [N] float. Throws as require_numbers does, and
/// ConfigError when so weak a penalty leaves the weights undecided in double precision.
/// Hoerl & Kennard 1970.
LinearRegressor fit_ridge(const Tensor& x, const Tensor& y, const LinearProbeConfig& config = {});

}  // namespace tacit
