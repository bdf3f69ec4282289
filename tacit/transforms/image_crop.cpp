// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/image_crop.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/grid_sampler.h>
#include <ATen/ops/index.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/reflection_pad2d.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "tacit/transforms/image_rows.h"

namespace tacit {
namespace {

using Box = std::array<int64_t, 4>;  // top, left, height, width

void require_ordered(const ResizedCropConfig& config) {
  require<ConfigError>(config.scale_low <= config.scale_high,
                       "random_resized_crop: scale_low = {} must not exceed scale_high = {}",
                       config.scale_low, config.scale_high);
  require<ConfigError>(config.ratio_low <= config.ratio_high,
                       "random_resized_crop: ratio_low = {} must not exceed ratio_high = {}",
                       config.ratio_low, config.ratio_high);
}

/// The largest box of an allowed ratio, in the middle.
Box middle_box(const ResizedCropConfig& config, int64_t height, int64_t width) {
  const double h = static_cast<double>(height), w = static_cast<double>(width);
  const double ratio = std::clamp(w / h, config.ratio_low, config.ratio_high);
  const int64_t tall = std::clamp<int64_t>(std::llround(w / ratio), 1, height);
  const int64_t wide = std::clamp<int64_t>(std::llround(h * ratio), 1, width);
  return {(height - tall) / 2, (width - wide) / 2, tall, wide};
}

Box draw_box(const ResizedCropConfig& config, int64_t height, int64_t width, Rng& rng) {
  for (int tries = 0; tries < 10; ++tries) {
    const double area = rng.uniform(config.scale_low, config.scale_high) *
                        static_cast<double>(height) * static_cast<double>(width);
    const double ratio =
        std::exp(rng.uniform(std::log(config.ratio_low), std::log(config.ratio_high)));
    const int64_t tall = std::llround(std::sqrt(area / ratio));
    const int64_t wide = std::llround(std::sqrt(area * ratio));
    if (tall < 1 || wide < 1 || tall > height || wide > width) continue;
    const int64_t top = rng.below(height - tall + 1);
    return {top, rng.below(width - wide + 1), tall, wide};
  }
  return middle_box(config, height, width);
}

/// Where along one side of `size` pixels each pixel of a crop is taken from, as grid_sampler
/// counts: -1 and 1 are the outer edges of the first and last pixel. begin, length: [N] -> [N,
/// size] float.
Tensor places(const Tensor& begin, const Tensor& length, int64_t size) {
  const Tensor first = begin.to(at::kDouble).unsqueeze(1),
               count = length.to(at::kDouble).unsqueeze(1);
  const Tensor centres = (at::arange(size, at::kDouble) + 0.5) / static_cast<double>(size);
  const Tensor inside = at::minimum((centres * count - 0.5).clamp_min(0), count - 1);
  return ((first + inside + 0.5) * (2.0 / static_cast<double>(size)) - 1).to(at::kFloat);
}

}  // namespace

Tensor draw_boxes(const ResizedCropConfig& config, int64_t rows, int64_t height, int64_t width,
                  Rng& rng) {
  require_ordered(config);
  const Rng base = rng.split();
  Tensor boxes = at::empty({rows, 4}, at::kLong);
  for (int64_t row = 0; row < rows; ++row) {
    Rng stream = base.row(row);
    const Box box = draw_box(config, height, width, stream);
    std::copy(box.begin(), box.end(), boxes.mutable_data_ptr<int64_t>() + 4 * row);
  }
  return boxes;
}

Tensor resized_crop(const Tensor& x, const Tensor& boxes) {
  require_images(x, "resized_crop");
  const int64_t rows = x.size(0), height = x.size(2), width = x.size(3);
  require<ShapeError>(boxes.sizes() == at::IntArrayRef{rows, 4} && boxes.scalar_type() == at::kLong,
                      "resized_crop: boxes must be [{}, 4] int64, but they are {} {}", rows,
                      boxes.sizes(), c10::toString(boxes.scalar_type()));
  const Tensor begin = boxes.to(at::kCPU).narrow(1, 0, 2),
               size = boxes.to(at::kCPU).narrow(1, 2, 2);
  const Tensor room = at::stack({height - begin.select(1, 0), width - begin.select(1, 1)}, 1);
  require<ShapeError>(((begin >= 0) & (size >= 1) & (size <= room)).all().item<bool>(),
                      "resized_crop: a box reaches beyond the {} x {} pixels of the images", height,
                      width);
  const std::vector<int64_t> pixels{rows, height, width};
  const Tensor down = places(begin.select(1, 0), size.select(1, 0), height).to(x.device());
  const Tensor across = places(begin.select(1, 1), size.select(1, 1), width).to(x.device());
  const Tensor grid =
      at::stack({across.unsqueeze(1).expand(pixels), down.unsqueeze(2).expand(pixels)}, 3);
  constexpr int64_t bilinear = 0, nearest_edge = 1;
  return at::grid_sampler(x.detach().contiguous(), grid, bilinear, nearest_edge,
                          /*align_corners=*/false)
      .contiguous();
}

Transform random_resized_crop(const ResizedCropConfig& config) {
  require_ordered(config);
  return [config](const Tensor& x, Rng& rng) {
    require_images(x, "random_resized_crop");
    return resized_crop(x, draw_boxes(config, x.size(0), x.size(2), x.size(3), rng));
  };
}

Transform random_crop(const RandomCropConfig& config) {
  return [config](const Tensor& x, Rng& rng) {
    require_images(x, "random_crop");
    const int64_t rows = x.size(0), padding = config.padding;
    const bool reflects = config.border == CropBorder::reflect;
    require<ShapeError>(!reflects || padding < std::min(x.size(2), x.size(3)),
                        "random_crop: {} x {} pixels cannot be mirrored {} pixels deep", x.size(2),
                        x.size(3), padding);
    const Rng base = rng.split();
    const Tensor corner = at::empty({2, rows}, at::kLong);
    for (int64_t row = 0; row < rows; ++row) {
      Rng stream = base.row(row);
      for (int64_t side = 0; side < 2; ++side)
        corner.mutable_data_ptr<int64_t>()[side * rows + row] = stream.below(2 * padding + 1);
    }
    if (rows == 0) return x.detach().clone(at::MemoryFormat::Contiguous);
    const std::array<int64_t, 4> sides{padding, padding, padding, padding};
    const Tensor padded = reflects ? at::reflection_pad2d(x.detach(), sides)
                                   : at::constant_pad_nd(x.detach(), sides, config.fill);
    // All places a crop may lie at, without copies: [N, C, 2 padding + 1, 2 padding + 1, H, W].
    const Tensor windows = padded.unfold(2, x.size(2), 1).unfold(3, x.size(3), 1);
    const Tensor from = corner.to(x.device());
    return at::index(windows, {at::arange(rows, from.options()), std::nullopt, from[0], from[1]})
        .contiguous();
  };
}

Transform horizontal_flip(const FlipConfig& config) {
  return [config](const Tensor& x, Rng& rng) {
    require_images(x, "horizontal_flip");
    return change_some(
        x, rng, config.probability, 0, [](Rng&, std::span<double>) {},
        [](const Tensor& chosen, const Tensor&) { return at::flip(chosen, {3}); });
  };
}

}  // namespace tacit
