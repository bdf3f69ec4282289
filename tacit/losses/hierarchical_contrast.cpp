// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/hierarchical_contrast.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/dist/rows.h"

namespace tacit {
namespace {

/// Each of Q queries must pick candidate `other` among all but `itself`, in each of G groups.
/// queries: [G, Q, D], candidates: [G, K, D], itself, other: [Q] int64.
Tensor pick_out(const Tensor& queries, const Tensor& candidates, const Tensor& itself,
                const Tensor& other) {
  const int64_t groups = queries.size(0);
  const Tensor logits = at::matmul(queries, candidates.transpose(1, 2))  // [G, Q, K]
                            .scatter(2, itself.view({1, -1, 1}).expand({groups, -1, 1}),
                                     -std::numeric_limits<double>::infinity());
  return at::cross_entropy_loss(logits.flatten(0, 1), other.repeat({groups}));
}

/// a, b: [N, T, D].
Tensor tell_steps_apart(const Tensor& a, const Tensor& b) {
  const int64_t steps = a.size(1);
  const Tensor views = at::cat({a, b}, 1);  // [N, 2T, D]
  const Tensor itself = at::arange(2 * steps, a.options().dtype(at::kLong));
  return pick_out(views, views, itself, itself.roll(steps, 0));
}

/// a, b: [N, T, D]; all_a, all_b: [M, T, D], in which they begin at row `first`.
Tensor tell_rows_apart(const Tensor& a, const Tensor& b, const Tensor& all_a, const Tensor& all_b,
                       int64_t first) {
  const Tensor views = at::cat({a, b}).transpose(0, 1);               // [T, 2N, D]
  const Tensor candidates = at::cat({all_a, all_b}).transpose(0, 1);  // [T, 2M, D]
  const Tensor row = at::arange(first, first + a.size(0), a.options().dtype(at::kLong));
  const int64_t rows = all_a.size(0);
  return pick_out(views, candidates, at::cat({row, row + rows}), at::cat({row + rows, row}));
}

/// [N, T, D] -> [N, floor(T / 2), D].
Tensor halve(const Tensor& x) {
  return at::maximum(x.slice(1, 0, x.size(1) - 1, 2), x.slice(1, 1, x.size(1), 2));
}

}  // namespace

Loss hierarchical_contrast(const Tensor& a, const Tensor& b,
                           const HierarchicalContrastConfig& config, const Communicator& world) {
  require<ShapeError>(a.dim() == 3 && a.sizes() == b.sizes() && a.size(1) >= 1,
                      "hierarchical_contrast: the views must be [N, T, D] of one shape with a step "
                      "or more, not {} and {}",
                      a.sizes(), b.sizes());
  const int64_t first = first_own_row(a, world);
  std::array<Tensor, 4> views{a, b, world.gather(a), world.gather(b)};
  Tensor instance = at::zeros({}, a.options()), temporal = at::zeros({}, a.options());
  int64_t levels = 0;
  for (bool is_last = false; !is_last; ++levels) {
    is_last = views[0].size(1) == 1;
    instance = instance + tell_rows_apart(views[0], views[1], views[2], views[3], first);
    if (levels >= config.temporal_unit) temporal = temporal + tell_steps_apart(views[0], views[1]);
    if (!is_last)
      for (Tensor& view : views) view = halve(view);
  }
  instance = instance / levels;
  temporal = temporal / levels;
  return {instance * config.instance_weight + temporal * (1 - config.instance_weight),
          {{"instance", instance}, {"temporal", temporal}}};
}

}  // namespace tacit
