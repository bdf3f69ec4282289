// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/barlow_twins.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <c10/core/ScalarType.h>

#include "tacit/core/error.h"
#include "tacit/dist/rows.h"

namespace tacit {
namespace {

constexpr double kEpsilon = 1e-5;  // a dimension that does not vary correlates with nothing

/// In fp32 at least: sums of many small squares do not fit bfloat16.
Tensor full(const Tensor& x) { return x.to(c10::promoteTypes(x.scalar_type(), at::kFloat)); }

/// Mean 0 and deviation 1 over the rows of all processes.
Tensor standardize(const Tensor& x, const Communicator& world) {
  const Tensor centred = x - mean_over_rows(x, world);
  return centred / (mean_over_rows(centred.square(), world) + kEpsilon).sqrt();
}

}  // namespace

Loss barlow_twins(const Tensor& one, const Tensor& other, const BarlowTwinsWeights& weights,
                  const Communicator& world) {
  require<ShapeError>(one.dim() == 2 && one.sizes() == other.sizes(),
                      "barlow_twins: the views must be matrices [N, D] of one shape, not {} and {}",
                      one.sizes(), other.sizes());
  const Tensor first = standardize(full(one), world), second = standardize(full(other), world);
  const Tensor products = full(at::matmul(first.t(), second));
  const Tensor correlation = world.sum(products) / count_rows(first, world);  // [D, D]
  const Tensor diagonal = correlation.diagonal();                             // [D]
  const Tensor on_diagonal = (1 - diagonal).square().sum();
  const Tensor off_diagonal = correlation.square().sum() - diagonal.square().sum();
  return {(on_diagonal + off_diagonal * weights.off_diagonal) * weights.scale,
          {{"on_diagonal", on_diagonal}, {"off_diagonal", off_diagonal}}};
}

}  // namespace tacit
