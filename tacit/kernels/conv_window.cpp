// SPDX-License-Identifier: Apache-2.0
//
// The convolution of one window as matrix products without a copy. With channels last, the
// receptive field of an output step is one run of k C floats, and the fields of successive steps
// are rows of a matrix at a distance of stride * C floats: rows that overlap, which
// `strided_product` accepts.
//   forward   Y = relu(fields(X) W + b)              depth k C
//   weights   dW += fields(X)' G                     depth T', G = dY where Y > 0
//   input     dX = fields(padded G) flipped W        depth k O / stride, a product for each phase
#include "tacit/kernels/conv_window.h"

#include <ATen/ops/constant_pad_nd.h>

#include <algorithm>
#include <optional>

#include "tacit/kernels/strided_product.h"

namespace tacit::kernels {
namespace {

using at::Tensor;

/// Appends zeros to the last dimension, up to what `strided_product` reads.
Tensor pad_columns(const Tensor& matrix) {
  const int64_t columns = matrix.size(-1);
  return at::constant_pad_nd(matrix, {0, padded_columns(columns) - columns}).contiguous();
}

/// gated = gradient where y > 0 or NaN, `size` floats.
void gate(const float* y, const float* gradient, float* gated, int64_t size) {
#pragma omp simd
  for (int64_t i = 0; i < size; ++i) {
    const float open = gradient[i];
    gated[i] = y[i] <= 0.0F ? 0.0F : open;
  }
}

}  // namespace

WindowForward::WindowForward(const ConvSizes& sizes, const Tensor& weight, const Tensor& bias)
    : sizes_(sizes), weight_(pad_columns(weight.permute({2, 1, 0}))), bias_(pad_columns(bias)) {}

void WindowForward::run(const float* x, float* y) const {
  strided_product({.rows = sizes_.steps,
                   .depth = sizes_.field(),
                   .columns = sizes_.outputs,
                   .a = x,
                   .a_row_stride = sizes_.stride * sizes_.channels,
                   .b = weight_.const_data_ptr<float>(),
                   .b_row_stride = weight_.size(2),
                   .c = y,
                   .c_row_stride = sizes_.outputs,
                   .bias = bias_.const_data_ptr<float>()},
                  Finish::bias_relu);
}

GatedGradient::GatedGradient(const ConvSizes& sizes)
    : sizes_(sizes),
      columns_(padded_columns(sizes.outputs)),
      front_((sizes.width - 1) / sizes.stride),
      values_(static_cast<size_t>((front_ + (sizes.time - 1) / sizes.stride + 1) * columns_)) {}

void GatedGradient::fill(const float* y, const float* y_gradient) {
  float* gated = values_.data() + front_ * columns_;
  for (int64_t step = 0; step < sizes_.steps; ++step) {
    gate(y, y_gradient, gated, sizes_.outputs);
    y += sizes_.outputs;
    y_gradient += sizes_.outputs;
    gated += columns_;
  }
}

void add_gradients(const ConvSizes& sizes, const float* x, const GatedGradient& gradient,
                   float* weight_gradient, float* bias_gradient) {
  strided_product({.rows = sizes.field(),
                   .depth = sizes.steps,
                   .columns = sizes.outputs,
                   .a = x,
                   .a_row_stride = 1,
                   .a_depth_stride = sizes.stride * sizes.channels,
                   .b = gradient.from(0),
                   .b_row_stride = gradient.columns(),
                   .c = weight_gradient,
                   .c_row_stride = sizes.outputs},
                  Finish::add);
  constexpr float kOne = 1;
  strided_product({.rows = 1,
                   .depth = sizes.steps,
                   .columns = sizes.outputs,
                   .a = &kOne,
                   .a_depth_stride = 0,
                   .b = gradient.from(0),
                   .b_row_stride = gradient.columns(),
                   .c = bias_gradient},
                  Finish::add);
}

InputGradient::InputGradient(const ConvSizes& sizes, const Tensor& weight) : sizes_(sizes) {
  const Tensor taps =
      pad_columns(at::constant_pad_nd(weight.permute({2, 0, 1}),  // [k, O padded, C padded]
                                      {0, 0, 0, padded_columns(sizes.outputs) - sizes.outputs}));
  for (int64_t phase = 0; phase < std::min(sizes.stride, sizes.time); ++phase) {
    phases_.push_back(taps.slice(0, std::min(phase, sizes.width), std::nullopt, sizes.stride)
                          .flip(0)
                          .contiguous());
  }
}

void InputGradient::run(const GatedGradient& gradient, float* x_gradient) const {
  for (int64_t phase = 0; phase < static_cast<int64_t>(phases_.size()); ++phase) {
    const Tensor& taps = phases_[static_cast<size_t>(phase)];
    strided_product({.rows = (sizes_.time - 1 - phase) / sizes_.stride + 1,
                     .depth = taps.size(0) * gradient.columns(),
                     .columns = sizes_.channels,
                     .a = gradient.from(1 - taps.size(0)),
                     .a_row_stride = gradient.columns(),
                     .b = taps.const_data_ptr<float>(),
                     .b_row_stride = taps.size(2),
                     .c = x_gradient + phase * sizes_.channels,
                     .c_row_stride = sizes_.stride * sizes_.channels},
                    Finish::store);
  }
}

void max_over_time(const ConvSizes& sizes, const float* y, float* largest, int64_t* chosen) {
  std::copy_n(y, sizes.outputs, largest);
  std::fill_n(chosen, sizes.outputs, 0);
  for (int64_t step = 1; step < sizes.steps; ++step) {
    const float* const row = y + step * sizes.outputs;
    for (int64_t output = 0; output < sizes.outputs; ++output) {
      const float best = largest[output];
      if (!(row[output] <= best) && best == best) {  // larger or NaN, and no NaN before it
        largest[output] = row[output];
        chosen[output] = step;
      }
    }
  }
}

}  // namespace tacit::kernels
