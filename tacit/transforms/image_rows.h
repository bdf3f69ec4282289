// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/core/rng.h"

namespace tacit {

/// Throws ShapeError unless x is a batch of images: [N, C, H, W] float, with pixels.
inline void require_images(const at::Tensor& x, std::string_view name) {
  require<ShapeError>(x.dim() == 4 && x.size(1) > 0 && x.size(2) > 0 && x.size(3) > 0,
                      "{}: x must be images, [N, C, H, W], but it is {}", name, x.sizes());
  require<ShapeError>(x.scalar_type() == at::kFloat, "{}: x must be float, but it is {}", name,
                      c10::toString(x.scalar_type()));
}

/// A new contiguous batch in which some rows, each with this probability, are what
/// `change(chosen, values)` makes of them, and the others are copies. chosen: [M, C, H, W], without
/// gradient history; values: [M, count] double on the CPU, whose row is what `draw(stream, out)`
/// wrote to a span of `count` numbers, `stream` an Rng of this row's own. `rng` moves on.
/// The draws are made on the CPU for every device, and only the chosen rows cost work.
template <class Draw, class Change>
at::Tensor change_some(const at::Tensor& x, Rng& rng, double probability, int64_t count,
                       const Draw& draw, const Change& change) {
  const Rng base = rng.split();
  std::vector<int64_t> chosen;
  std::vector<double> values;
  for (int64_t row = 0; row < x.size(0); ++row) {
    Rng stream = base.row(row);
    if (!stream.chance(probability)) continue;
    chosen.push_back(row);
    values.resize(chosen.size() * static_cast<size_t>(count));
    draw(stream, std::span(values).last(static_cast<size_t>(count)));
  }
  const at::Tensor result = x.detach().clone(at::MemoryFormat::Contiguous);
  if (chosen.empty()) return result;
  const auto rows = static_cast<int64_t>(chosen.size());
  const at::Tensor where = at::empty({rows}, at::kLong);
  std::copy(chosen.begin(), chosen.end(), where.mutable_data_ptr<int64_t>());
  const at::Tensor drawn = at::empty({rows, count}, at::kDouble);
  std::copy(values.begin(), values.end(), drawn.mutable_data_ptr<double>());
  const at::Tensor places = where.to(x.device());
  return result.index_copy_(0, places, change(result.index_select(0, places), drawn));
}

}  // namespace tacit
