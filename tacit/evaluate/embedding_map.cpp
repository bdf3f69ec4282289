// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/embedding_map.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "tacit/core/error.h"

namespace tacit {

EmbeddingMap embedding_map(const Tensor& x) {
  require<ShapeError>(x.dim() == 2 && x.size(0) >= 1 && x.size(1) >= 1,
                      "embedding_map needs [N, D], got {}", x.sizes());
  require<DataError>(at::isfinite(x).all().item<bool>(), "a feature is not finite");
  Tensor centred = x.to(at::kCPU, at::kDouble);
  centred = centred - centred.mean(0);  // [N, D]
  // Of the [D, D] scatter, not of the rows: its size does not grow with N.
  const auto [u, variance, vt] = at::linalg_svd(centred.t().mm(centred));
  const double total = variance.sum().item<double>();
  EmbeddingMap map{at::zeros({x.size(0), 2}, at::kFloat), {}};
  for (int64_t axis = 0; axis < std::min<int64_t>(2, x.size(1)); ++axis) {
    const Tensor loading = u.select(1, axis);  // [D]
    const double largest = loading.take(loading.abs().argmax()).item<double>();
    map.points.select(1, axis).copy_(centred.mv(largest < 0 ? -loading : loading));
    if (total > 0)
      map.share[static_cast<size_t>(axis)] = variance.select(0, axis).item<double>() / total;
  }
  return map;
}

}  // namespace tacit
