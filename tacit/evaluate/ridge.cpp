// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/ridge.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cholesky_solve.h>
#include <ATen/ops/linalg_cholesky_ex.h>

#include "tacit/evaluate/labelled.h"

namespace tacit {

Tensor LinearRegressor::predict(const Tensor& x) const {
  require<ShapeError>(x.dim() == 2 && x.size(1) == weight.size(0),
                      "the regression takes [N, {}] but x is {}", weight.size(0), x.sizes());
  return x.to(at::kDouble).mv(weight) + bias;
}

LinearRegressor fit_ridge(const Tensor& x, const Tensor& y, const LinearProbeConfig& config) {
  require_numbers(x, y, "ridge regression");
  const Tensor wide = x.to(at::kDouble);    // [N, D]
  const Tensor centre = wide.mean(0);       // [D], whatever is standardised: the bias is free
  const Tensor target = y.to(at::kDouble);  // [N]
  const double mean = target.mean().item<double>();
  const Tensor scale = standardisation(wide, config).second;
  const Tensor z = (wide - centre) / scale;
  // Of two systems with the same answer, the smaller: features by features, or rows by rows.
  const bool by_row = z.size(0) < z.size(1);
  const Tensor right = (target - mean).unsqueeze(1);
  Tensor gram = by_row ? z.mm(z.t()) : z.t().mm(z);
  gram.diagonal().add_(1 / config.c);
  const auto [factor, failed] = at::linalg_cholesky_ex(gram);
  require<ConfigError>(failed.item<int64_t>() == 0,
                       "c = {} is too weak a penalty for {} features of {} rows; make it smaller",
                       config.c, z.size(1), z.size(0));
  const Tensor solved = by_row ? z.t().mm(at::cholesky_solve(right, factor))
                               : at::cholesky_solve(z.t().mm(right), factor);  // [D, 1]
  const Tensor weight = solved.squeeze(1) / scale;
  return {weight, mean - weight.dot(centre).item<double>()};
}

}  // namespace tacit
