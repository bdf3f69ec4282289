// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/clip_features.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kRows = 30, kColumns = 40;

/// [cells, pixels]: which share of each cell's mean each pixel is.
Tensor means_over(int64_t pixels, int64_t cells) {
  const Tensor weights = at::zeros({cells, pixels});
  float* const data = weights.mutable_data_ptr<float>();
  const double width = static_cast<double>(pixels) / static_cast<double>(cells);
  for (int64_t cell = 0; cell < cells; ++cell)
    for (int64_t pixel = 0; pixel < pixels; ++pixel) {
      const double begin = std::max<double>(width * static_cast<double>(cell), pixel);
      const double end = std::min<double>(width * static_cast<double>(cell + 1), pixel + 1);
      data[cell * pixels + pixel] = static_cast<float>(std::max(0.0, end - begin) / width);
    }
  return weights;
}

}  // namespace

Tensor grey_cells(const Tensor& x, int64_t frame) {
  require<ShapeError>(
      x.dim() == 5 && (x.size(1) == 1 || x.size(1) == 3) && frame >= 0 && frame < x.size(2),
      "grey cells: frame {} of clips [N, 1 or 3, T, H, W], got {}", frame, x.sizes());
  const Tensor pixels = x.select(2, frame);  // [N, C, H, W]
  const Tensor luma = x.size(1) == 1 ? pixels.select(1, 0)
                                     : 0.299 * pixels.select(1, 0) + 0.587 * pixels.select(1, 1) +
                                           0.114 * pixels.select(1, 2);
  const Tensor over_rows = means_over(x.size(3), std::min(x.size(3), kRows));
  const Tensor over_columns = means_over(x.size(4), std::min(x.size(4), kColumns));
  return over_rows.matmul(luma).matmul(over_columns.t()).flatten(1);
}

Tensor channel_means(const Tensor& x) {
  require<ShapeError>(x.dim() >= 3, "channel means: rows [N, C, *] are wanted, got {}", x.sizes());
  return x.flatten(2).mean(2);
}

}  // namespace tacit
