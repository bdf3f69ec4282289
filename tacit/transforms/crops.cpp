// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/crops.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>

#include "tacit/transforms/rows.h"

namespace tacit {
namespace {

/// How many steps lie before, in and behind what two crops share.
struct Lengths {
  int64_t before, shared, behind;
};

Lengths draw_lengths(int64_t time, int64_t least, Rng rng) {
  const int64_t shared = least + rng.below(time - least + 1);
  const int64_t left = rng.below(time - shared + 1), right = time - shared - left;
  return {rng.below(left + 1), shared, rng.below(right + 1)};
}

/// Of each row `length` steps from a place of its own on.
Tensor draw_stretch(const Tensor& x, int64_t length, const Rng& base) {
  const Tensor begin = at::empty({x.size(0), 1, 1}, at::kLong);
  for (int64_t row = 0; row < x.size(0); ++row)
    begin.mutable_data_ptr<int64_t>()[row] = base.row(row).below(x.size(2) - length + 1);
  const Tensor places = (begin + at::arange(length)).to(x.device());  // [N, 1, length]
  return x.gather(2, places.expand({-1, x.size(1), -1}));
}

}  // namespace

Crops overlapping_crops(const Tensor& x, int64_t least, Rng& rng) {
  require_signals(x, "overlapping_crops");
  require<ShapeError>(least >= 1 && x.size(2) >= least,
                      "overlapping_crops: {} samples cannot share {}, at least 1 and at most all",
                      x.size(2), least);
  const Lengths lengths = draw_lengths(x.size(2), least, rng.split());
  const Tensor both =
      draw_stretch(x, lengths.before + lengths.shared + lengths.behind, rng.split());
  return {both.slice(2, 0, lengths.before + lengths.shared), both.slice(2, lengths.before),
          lengths.shared};
}

}  // namespace tacit
