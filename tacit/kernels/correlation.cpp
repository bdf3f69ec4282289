// SPDX-License-Identifier: Apache-2.0
//
// Correlation of a sequence with a bank of filters as matrix products without a copy. With channels
// last, what an output step sees is one run of k C floats, and the fields of successive steps are
// rows of a matrix at a distance of stride * C floats: rows that overlap, which the product
// accepts.
//
// At stride 1 the products are made smaller by the fast FIR algorithm (fast_fir.h), which trades
// multiplications for additions as Karatsuba and Toom did for numbers: the parts of x and of the
// taps are multiplied, a quarter to three quarters of the work of the plain product, and joined.
// The gradient of the taps is the transpose: parts of x times parts of the gradient, folded in the
// end. A block of steps at a time goes through all parts, so that these stay in cache. An infinity
// would become NaN in the differences, so sequences that are not finite go the plain way.
#include "tacit/kernels/correlation.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <utility>

#include "tacit/kernels/fast_fir.h"
#include "tacit/kernels/simd.h"

namespace tacit::kernels {
namespace {

using at::Tensor;

constexpr int64_t kLeastDepth = 32;    // of a product, for more ways to pay
constexpr int64_t kBlockRows = 12;     // of a part, so that a block's parts stay in cache
constexpr int64_t kGradientRows = 48;  // the same for gradients

/// Appends zeros to the last dimension, up to what a product reads.
Tensor pad_columns(const Tensor& matrix) {
  const int64_t columns = matrix.size(-1);
  return at::constant_pad_nd(matrix, {0, padded_columns(columns) - columns}).contiguous();
}

/// The parts of taps, each tap `size` floats: [k, size] -> [parts, k / ways, size]. Plain loops,
/// because small batches feel what this takes.
void split_taps(const float* taps, int64_t width, int64_t size, float* parts, Nested<>) {
  std::copy_n(taps, width * size, parts);
}

template <class First, class... Rest>
void split_taps(const float* taps, int64_t width, int64_t size, float* parts,
                Nested<First, Rest...>) {
  const int64_t inner_width = width / First::kWays;
  const int64_t inner_size = Nested<Rest...>::kParts * inner_width / Nested<Rest...>::kWays * size;
  std::vector<float> part(static_cast<size_t>(inner_width * size));
  for (const auto& weights : First::kTaps) {
    std::ranges::fill(part, 0.0F);
    for (int64_t tap = 0; tap < inner_width; ++tap) {
      for (int way = 0; way < First::kWays; ++way) {
        if (weights[way] == 0.0F) continue;
        simd().add_scaled(part.data() + tap * size, taps + (tap * First::kWays + way) * size,
                          weights[way], size);
      }
    }
    split_taps(part.data(), inner_width, size, parts, Nested<Rest...>());
    parts += inner_size;
  }
}

/// The parts of taps: [k, C, O] -> [parts, k / ways, C, O].
Tensor split_taps(const Tensor& taps, int ways) {
  const Tensor split =
      at::empty({parts(ways), taps.size(0) / ways, taps.size(1), taps.size(2)}, taps.options());
  with_ways(ways, [&](auto algorithm) {
    split_taps(taps.const_data_ptr<float>(), taps.size(0), taps.size(1) * taps.size(2),
               split.mutable_data_ptr<float>(), algorithm);
  });
  return split;
}

/// The transpose: from gradients of the parts of taps, as above, to that of the taps.
void fold_taps(const float* parts, int64_t width, int64_t size, float* taps, Nested<>) {
  std::copy_n(parts, width * size, taps);
}

template <class First, class... Rest>
void fold_taps(const float* parts, int64_t width, int64_t size, float* taps,
               Nested<First, Rest...>) {
  std::fill_n(taps, width * size, 0.0F);
  const int64_t inner_width = width / First::kWays;
  const int64_t inner_size = Nested<Rest...>::kParts * inner_width / Nested<Rest...>::kWays * size;
  std::vector<float> folded(static_cast<size_t>(inner_width * size));
  for (const auto& weights : First::kTaps) {
    fold_taps(parts, inner_width, size, folded.data(), Nested<Rest...>());
    for (int64_t tap = 0; tap < inner_width; ++tap) {
      for (int way = 0; way < First::kWays; ++way) {
        if (weights[way] == 0.0F) continue;
        simd().add_scaled(taps + (tap * First::kWays + way) * size, folded.data() + tap * size,
                          weights[way], size);
      }
    }
    parts += inner_size;
  }
}

int64_t rounded_up(int64_t steps, int ways) { return (steps + ways - 1) / ways; }

/// Floats from one part to the next: not a multiple of the distance at which caches collide.
int64_t part_size(int64_t rows, int64_t columns) { return rows * columns + 16; }

float* reserve(std::vector<float>& scratch, int64_t count) {
  if (static_cast<int64_t>(scratch.size()) < count) scratch.resize(static_cast<size_t>(count));
  return scratch.data();
}

}  // namespace

int Filters::ways() const {
  for (const int ways : {16, 8, 4, 2}) {
    if (stride == 1 && width % ways == 0 && field() / ways >= kLeastDepth) return ways;
  }
  return 1;
}

Correlation::Correlation(const Tensor& taps, int64_t stride)
    : filters_{taps.size(2), taps.size(1), taps.size(0), stride},
      ways_(at::isfinite(taps).all().item<bool>() ? filters_.ways() : 1),
      taps_(pad_columns(taps)),
      parts_(split_taps(taps_, ways_)) {}

void Correlation::run_plain(const float* x, int64_t steps, float* y, int64_t y_row_stride) const {
  simd().product({.rows = steps,
                  .depth = filters_.field(),
                  .columns = filters_.outputs,
                  .a = x,
                  .a_row_stride = filters_.stride * filters_.channels,
                  .b = taps_.const_data_ptr<float>(),
                  .b_row_stride = taps_.size(2),
                  .c = y,
                  .c_row_stride = y_row_stride});
}

void Correlation::run(const float* x, int64_t steps, float* y, int64_t y_row_stride,
                      std::vector<float>& scratch) const {
  const auto& [outputs, channels, width, stride] = filters_;
  if (ways_ == 1 || !simd().is_finite(x, (steps + width - 1) * channels)) {
    run_plain(x, steps, y, y_row_stride);
    return;
  }
  const int64_t leaf_width = width / ways_;
  const int64_t part_rows = kBlockRows + leaf_width - 1;
  float* const x_parts = reserve(
      scratch, parts(ways_) * (part_size(part_rows, channels) + part_size(kBlockRows, outputs)));
  float* const y_parts = x_parts + parts(ways_) * part_size(part_rows, channels);
  const float* const taps = parts_.const_data_ptr<float>();
  for (int64_t step = 0; step < steps; step += kBlockRows * ways_) {
    const int64_t rows = std::min(kBlockRows, rounded_up(steps - step, ways_));
    const Split in{ways_, rows + leaf_width - 1, channels, part_size(part_rows, channels)};
    const Split out{ways_, rows, outputs, part_size(kBlockRows, outputs)};
    simd().split(in, x + step * channels, x_parts);
    for (int64_t part = 0; part < parts(ways_); ++part) {
      simd().product({.rows = rows,
                      .depth = leaf_width * channels,
                      .columns = outputs,
                      .a = x_parts + part * in.part_stride,
                      .a_row_stride = channels,
                      .b = taps + part * leaf_width * channels * taps_.size(2),
                      .b_row_stride = taps_.size(2),
                      .c = y_parts + part * out.part_stride,
                      .c_row_stride = outputs});
    }
    simd().join(out, y_parts, y + step * y_row_stride, steps - step, y_row_stride);
  }
}

InputGradient::InputGradient(const Tensor& weight, int64_t stride)
    : filters_{weight.size(0), weight.size(1), weight.size(2), stride} {
  const Tensor taps = weight.permute({2, 0, 1});  // [k, O, C]
  for (int64_t phase = 0; phase < stride; ++phase) {
    const Tensor own = taps.slice(0, std::min(phase, filters_.width), std::nullopt, stride).flip(0);
    phases_.emplace_back(own, 1);
    taps_.push_back(own.size(0));
  }
}

void InputGradient::run(const float* gradient, int64_t time, float* x_gradient,
                        std::vector<float>& scratch) const {
  const auto& [outputs, channels, width, stride] = filters_;
  for (int64_t phase = 0; phase < std::min(stride, time); ++phase) {
    const auto at = static_cast<size_t>(phase);
    phases_[at].run(gradient + (1 - taps_[at]) * outputs, (time - 1 - phase) / stride + 1,
                    x_gradient + phase * channels, stride * channels, scratch);
  }
}

WeightGradient::WeightGradient(const Filters& filters)
    : filters_(filters),
      ways_(filters.ways()),
      parts_(at::zeros({parts(ways_), filters.width / ways_, filters.channels, filters.outputs})) {}

void WeightGradient::add_plain(const float* x, const float* gradient, int64_t steps) {
  if (!plain_.defined()) {
    plain_ = at::zeros({filters_.width, filters_.channels, filters_.outputs});
  }
  simd().product({.rows = filters_.field(),
                  .depth = steps,
                  .columns = filters_.outputs,
                  .a = x,
                  .a_row_stride = 1,
                  .a_depth_stride = filters_.stride * filters_.channels,
                  .b = gradient,
                  .b_row_stride = filters_.outputs,
                  .c = plain_.mutable_data_ptr<float>(),
                  .c_row_stride = filters_.outputs,
                  .add = true});
}

void WeightGradient::add(const float* x, const float* gradient, int64_t steps,
                         std::vector<float>& scratch) {
  const auto& [outputs, channels, width, stride] = filters_;
  if (ways_ == 1 || !simd().is_finite(x, (steps + width - 1) * channels) ||
      !simd().is_finite(gradient, steps * outputs)) {
    add_plain(x, gradient, steps);
    return;
  }
  const int64_t leaf_width = width / ways_;
  const int64_t field = leaf_width * channels;
  const int64_t part_rows = kGradientRows + leaf_width - 1;
  float* const x_parts = reserve(
      scratch, parts(ways_) * (part_size(part_rows, channels) + part_size(kGradientRows, outputs)));
  float* const gradient_parts = x_parts + parts(ways_) * part_size(part_rows, channels);
  float* const sums = parts_.mutable_data_ptr<float>();
  for (int64_t step = 0; step < steps; step += kGradientRows * ways_) {
    const int64_t rows = std::min(kGradientRows, rounded_up(steps - step, ways_));
    const Split in{ways_, rows + leaf_width - 1, channels, part_size(part_rows, channels)};
    const Split out{ways_, rows, outputs, part_size(kGradientRows, outputs)};
    simd().split(in, x + step * channels, x_parts);
    simd().spread(out, gradient + step * outputs, gradient_parts);
    for (int64_t part = 0; part < parts(ways_); ++part) {
      simd().product({.rows = field,
                      .depth = rows,
                      .columns = outputs,
                      .a = x_parts + part * in.part_stride,
                      .a_row_stride = 1,
                      .a_depth_stride = channels,
                      .b = gradient_parts + part * out.part_stride,
                      .b_row_stride = outputs,
                      .c = sums + part * field * outputs,
                      .c_row_stride = outputs,
                      .add = true});
    }
  }
}

void WeightGradient::take(float* sum) {
  const int64_t size = filters_.channels * filters_.outputs;
  with_ways(ways_, [&](auto algorithm) {
    fold_taps(parts_.const_data_ptr<float>(), filters_.width, size, sum, algorithm);
  });
  parts_.zero_();
  if (plain_.defined()) {
    simd().add_scaled(sum, plain_.const_data_ptr<float>(), 1, filters_.width * size);
    plain_ = Tensor();
  }
}

}  // namespace tacit::kernels
