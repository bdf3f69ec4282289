// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tacit::kernels {

/// The sizes of one convolution of x: [N, T, C] with weight: [O, C, k], which must fit.
struct ConvSizes {
  int64_t windows, time, channels, outputs, width, stride, steps;

  ConvSizes(const at::Tensor& x, const at::Tensor& weight, int64_t every)
      : windows(x.size(0)),
        time(x.size(1)),
        channels(x.size(2)),
        outputs(weight.size(0)),
        width(weight.size(2)),
        stride(every),
        steps((time - width) / every + 1) {}

  /// Number of floats that an output step sees.
  int64_t field() const { return width * channels; }
};

/// Writes relu(fields(x) weight + bias) of single windows.
class WindowForward {
 public:
  WindowForward(const ConvSizes& sizes, const at::Tensor& weight, const at::Tensor& bias);

  /// x: [T, C], y: [T', O].
  void run(const float* x, float* y) const;

 private:
  ConvSizes sizes_;
  at::Tensor weight_;  // [k, C, O padded]
  at::Tensor bias_;    // [O padded]
};

/// The gradient G of single windows before ReLU, with the zero steps around it that make the
/// gradient of x a convolution: [front + T' + back, O padded].
class GatedGradient {
 public:
  explicit GatedGradient(const ConvSizes& sizes);

  /// Fills in a window: y, y_gradient: [T', O]. A NaN in y lets the gradient pass, as in PyTorch.
  void fill(const float* y, const float* y_gradient);

  /// Pointer to time step `step`, which is negative for the zeros in front.
  const float* from(int64_t step) const { return values_.data() + (front_ + step) * columns_; }
  int64_t columns() const { return columns_; }

 private:
  ConvSizes sizes_;
  int64_t columns_;
  int64_t front_;
  std::vector<float> values_;
};

/// Adds fields(x)' G of a window to weight_gradient: [k C, O], and 1' G to bias_gradient: [O].
void add_gradients(const ConvSizes& sizes, const float* x, const GatedGradient& gradient,
                   float* weight_gradient, float* bias_gradient);

/// Writes the gradient of x of single windows. Time step q s + r of x met only the taps
/// r, r + s, ... of the kernel, in the output steps q, q - 1, ...: for each phase r a convolution
/// of G with every s-th tap, latest first.
class InputGradient {
 public:
  InputGradient(const ConvSizes& sizes, const at::Tensor& weight);

  /// x_gradient: [T, C], overwritten.
  void run(const GatedGradient& gradient, float* x_gradient) const;

 private:
  ConvSizes sizes_;
  std::vector<at::Tensor> phases_;  // [taps of the phase, O padded, C padded]
};

/// The largest value over time of y: [T', O], and its first step, for each output. The first NaN
/// counts as the largest.
void max_over_time(const ConvSizes& sizes, const float* y, float* largest, int64_t* chosen);

}  // namespace tacit::kernels
