// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>

#include "tacit/dist/communicator.h"

/// Statistics over the rows of all processes, of which each may hold another number;
/// differentiable.
namespace tacit {

/// [] how many rows (dimension 0) all processes hold together, in the type of x but not below
/// float.
inline at::Tensor count_rows(const at::Tensor& x, const Communicator& world) {
  const auto type = c10::promoteTypes(x.scalar_type(), at::kFloat);
  return world.sum(at::full({}, x.size(0), x.options().dtype(type)));
}

/// Where this process's rows x begin when those of all are put together by rank.
inline int64_t first_own_row(const at::Tensor& x, const Communicator& world) {
  if (world.size() == 1) return 0;
  const at::Tensor counts = world.gather(at::full({1}, x.size(0), x.options().dtype(at::kLong)));
  return counts.narrow(0, 0, world.rank()).sum().item<int64_t>();
}

/// x: [N, *] -> [*], the mean over those rows.
inline at::Tensor mean_over_rows(const at::Tensor& x, const Communicator& world) {
  return world.sum(x.sum(0)) / count_rows(x, world);
}

}  // namespace tacit
