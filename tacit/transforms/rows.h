// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/core/rng.h"

namespace tacit {

/// The shape of one row.
struct RowShape {
  int64_t channels;  ///< C
  int64_t time;      ///< T
};

/// Throws ShapeError unless x is a batch of signals: [N, C, T], float or double.
inline void require_signals(const at::Tensor& x, std::string_view name) {
  require<ShapeError>(x.dim() == 3, "{}: x must be [N, C, T], but it is {}", name, x.sizes());
  require<ShapeError>(x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble,
                      "{}: x must be float or double, but it is {}", name,
                      c10::toString(x.scalar_type()));
}

/// A random order of 0 … count-1 other than the given one; count >= 2.
inline std::vector<int64_t> other_order(size_t count, Rng& rng) {
  std::vector<int64_t> order(count);
  std::iota(order.begin(), order.end(), int64_t{0});
  while (std::is_sorted(order.begin(), order.end())) rng.shuffle(std::span(order));
  return order;
}

/// A new batch whose row n is what `change(stream, in, out, shape)` writes: in and out are T* to
/// the C x T contiguous values of the row (T = float or double), `stream` an Rng of this row's own.
/// Rows are shared out among threads; the result does not depend on how. `rng` moves on.
/// The work is done on the CPU: a batch on another device comes from there and goes back.
/// x must have passed require_signals().
template <class Change>
at::Tensor map_rows(const at::Tensor& x, Rng& rng, const Change& change) {
  const at::Tensor source = x.detach().to(at::kCPU).contiguous();
  at::Tensor result = at::empty_like(source, at::MemoryFormat::Contiguous);
  const RowShape shape{x.size(1), x.size(2)};
  const int64_t values = shape.channels * shape.time;
  const Rng base = rng.split();
  const auto run = [&](const auto* in, auto* out) {
    const int64_t rows_a_task = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, values));
    at::parallel_for(0, x.size(0), rows_a_task, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        Rng stream = base.row(row);
        change(stream, in + row * values, out + row * values, shape);
      }
    });
  };
  if (x.scalar_type() == at::kFloat)
    run(source.const_data_ptr<float>(), result.mutable_data_ptr<float>());
  else
    run(source.const_data_ptr<double>(), result.mutable_data_ptr<double>());
  return result.to(x.device());
}

}  // namespace tacit
