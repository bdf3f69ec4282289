// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/image_rotation.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/remainder.h>
#include <ATen/ops/rot90.h>
#include <ATen/ops/stack.h>

#include <string_view>

#include "tacit/core/error.h"

namespace tacit {
namespace {

void require_squares(const Tensor& x, std::string_view name) {
  require<ShapeError>(x.dim() == 4 && x.size(2) == x.size(3),
                      "{}: x must be square images, [N, C, H, H], but it is {}", name, x.sizes());
}

}  // namespace

Tensor rotate_quarter(const Tensor& x, const Tensor& turns) {
  require_squares(x, "rotate_quarter");
  require<ShapeError>(
      turns.dim() == 1 && turns.size(0) == x.size(0) && turns.scalar_type() == at::kLong,
      "rotate_quarter: turns must be [{}] int64, but they are {} {}", x.size(0), turns.sizes(),
      c10::toString(turns.scalar_type()));
  const int64_t side = x.size(2);
  // Which pixel comes to each place after 0 … 3 turns: [4, H H].
  const Tensor pixels =
      at::arange(side * side, turns.options().device(x.device())).view({side, side});
  const Tensor sources =
      at::stack({pixels, at::rot90(pixels, 1), at::rot90(pixels, 2), at::rot90(pixels, 3)})
          .flatten(1);
  const Tensor source = sources.index_select(0, at::remainder(turns.to(x.device()), 4));
  const Tensor flat = x.detach().flatten(2);  // [N, C, H H]
  return flat.gather(2, source.unsqueeze(1).expand_as(flat)).view(x.sizes());
}

Rotations four_rotations(const Tensor& x) {
  require_squares(x, "four_rotations");
  const Tensor still = x.detach();
  const auto turned = [&](int64_t turns) { return at::rot90(still, turns, {2, 3}); };
  return {at::cat({still, turned(1), turned(2), turned(3)}),
          at::arange(4, x.options().dtype(at::kLong)).repeat_interleave(x.size(0))};
}

}  // namespace tacit
