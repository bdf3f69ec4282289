// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/transform.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/where.h>

#include <algorithm>
#include <utility>

#include "tacit/core/config.h"
#include "tacit/core/error.h"

namespace tacit {

Transform chain(std::vector<Transform> steps) {
  return [steps = std::move(steps)](const Tensor& x, Rng& rng) {
    if (steps.empty()) return x.clone();
    Tensor changed = x;
    for (const Transform& step : steps) changed = step(changed, rng);
    return changed;
  };
}

Transform sometimes(double probability, Transform step) {
  require<ConfigError>(probability >= 0 && probability <= 1,
                       "sometimes: the probability must be 0 … 1, not {}", probability);
  return [probability, step = std::move(step)](const Tensor& x, Rng& rng) {
    require<ShapeError>(x.dim() >= 1, "sometimes: x must have rows, but it is a scalar");
    const Rng base = rng.split();
    std::vector<int64_t> one_per_row(static_cast<size_t>(x.dim()), 1);
    one_per_row[0] = x.size(0);
    const Tensor chosen = at::empty(one_per_row, at::kBool);
    for (int64_t row = 0; row < x.size(0); ++row)
      chosen.mutable_data_ptr<bool>()[row] = base.row(row).chance(probability);
    // All rows go through the step, so that what a row draws does not depend on its neighbours.
    return at::where(chosen.to(x.device()), step(x, rng), x);
  };
}

std::vector<NamedTransform> choose(std::vector<NamedTransform> table,
                                   const std::vector<std::string>& names,
                                   const std::string& where) {
  std::vector<std::string> available;
  for (const NamedTransform& one : table) available.push_back(one.name);
  for (const std::string& name : names)
    require<ConfigError>(std::ranges::find(available, name) != available.end(), "{}: {}", where,
                         unknown_name("transformation", name, available));
  std::erase_if(table, [&](const NamedTransform& one) {
    return std::ranges::find(names, one.name) == names.end();
  });
  return table;
}

}  // namespace tacit
