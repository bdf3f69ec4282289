// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/nt_xent.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/full.h>
#include <ATen/ops/matmul.h>

#include <limits>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr double kShortest = 1e-12;  // a vector of length 0 has no direction; it stays 0

/// [1] int64: how many rows the processes before this one hold.
Tensor rows_before(const Tensor& x, const Communicator& world) {
  const Tensor held = world.gather(at::full({1}, x.size(0), x.options().dtype(at::kLong)));
  return held.slice(0, 0, world.rank()).sum(0, /*keepdim=*/true);
}

Tensor unit(const Tensor& x) { return x / x.norm(2, {1}, /*keepdim=*/true).clamp_min(kShortest); }

}  // namespace

Loss nt_xent(const Tensor& a, const Tensor& b, double temperature, const Communicator& world) {
  require<ShapeError>(a.dim() == 2 && a.sizes() == b.sizes(),
                      "nt_xent: the views must be matrices [N, D] of one shape, not {} and {}",
                      a.sizes(), b.sizes());
  require<ConfigError>(temperature > 0, "nt_xent: the temperature must be > 0, not {}",
                       temperature);
  const Tensor first = unit(a), second = unit(b);
  const Tensor views = at::cat({first, second});                                   // [2N, D]
  const Tensor candidates = at::cat({world.gather(first), world.gather(second)});  // [2M, D]
  const int64_t rows = a.size(0), all_rows = candidates.size(0) / 2;
  const Tensor row =
      at::arange(rows, a.options().dtype(at::kLong)) + rows_before(a, world);  // among all
  const Tensor itself = at::cat({row, row + all_rows}),
               other = at::cat({row + all_rows, row});  // [2N]
  const Tensor logits =
      (at::matmul(views, candidates.t()) / temperature)
          .scatter(1, itself.unsqueeze(1), -std::numeric_limits<double>::infinity());  // [2N, 2M]
  const Tensor found = (logits.detach().argmax(1) == other).to(at::kFloat).mean();
  return {at::cross_entropy_loss(logits, other), {{"pair/accuracy", found}}};
}

}  // namespace tacit
