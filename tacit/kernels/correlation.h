// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace tacit::kernels {

/// Sizes of a bank of filters: weight [O, C, k] as torch::nn::Conv1d keeps it, slid `stride` rows a
/// step over sequences whose rows are C floats one after the other.
struct Filters {
  int64_t outputs, channels, width, stride;

  /// Number of floats that an output step sees.
  int64_t field() const { return width * channels; }
  /// Ways of the fast FIR algorithm that pays for these sizes.
  int ways() const;
};

/// Rows of zeros (or anything finite) that must be readable after a sequence given to the classes
/// below, because they work on steps in groups of up to 16.
constexpr int64_t kOverread = 16;
/// Floats that must be readable after a gradient given to WeightGradient.
constexpr int64_t kSlack = 16;

/// y[t, o] = sum over (j, c) of x[stride t + j, c] * taps[j, c, o].
class Correlation {
 public:
  /// taps: [k, C, O]; k may be 0, then y is 0.
  Correlation(const at::Tensor& taps, int64_t stride);

  /// x: [(steps - 1) stride + k + kOverread, C]; y: [steps, O], rows y_row_stride floats apart.
  void run(const float* x, int64_t steps, float* y, int64_t y_row_stride,
           std::vector<float>& scratch) const;

 private:
  void run_plain(const float* x, int64_t steps, float* y, int64_t y_row_stride) const;

  Filters filters_;
  int ways_;
  at::Tensor taps_;   // [k, C, O padded]
  at::Tensor parts_;  // [parts, k / ways, C, O padded]
};

/// The gradient of the input of a correlation. Row q s + r of the input met only the taps
/// r, r + s, ... of the filters, in the output steps q, q - 1, ...: for each phase r a correlation
/// of the gradient with every s-th tap, latest first.
class InputGradient {
 public:
  /// weight: [O, C, k].
  InputGradient(const at::Tensor& weight, int64_t stride);

  /// Number of zero rows that must be readable before the gradient.
  int64_t front() const { return (filters_.width - 1) / filters_.stride; }

  /// gradient: [steps, O] with rows of zeros around it, front() before and kOverread after the row
  /// (time - 1) / stride; x_gradient: [time, C], overwritten.
  void run(const float* gradient, int64_t time, float* x_gradient,
           std::vector<float>& scratch) const;

 private:
  Filters filters_;
  std::vector<Correlation> phases_;
  std::vector<int64_t> taps_;  // of each phase
};

/// The gradient of the taps, summed over sequences.
class WeightGradient {
 public:
  explicit WeightGradient(const Filters& filters);

  /// Adds that of a sequence. x as in Correlation::run; gradient: [steps, O], followed by kOverread
  /// rows of zeros and kSlack floats.
  void add(const float* x, const float* gradient, int64_t steps, std::vector<float>& scratch);

  /// Writes the sum so far, [k, C, O], and starts anew.
  void take(float* sum);

 private:
  void add_plain(const float* x, const float* gradient, int64_t steps);

  Filters filters_;
  int ways_;
  at::Tensor parts_;  // [parts, k / ways, C, O]
  at::Tensor plain_;  // [k, C, O]: of sequences that are not finite; undefined while there is none
};

}  // namespace tacit::kernels
