// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tacit/kernels/conv_chain.h"
#include "tacit/kernels/correlation.h"
#include "tacit/kernels/simd.h"

namespace tacit::kernels {

/// What a layer does to sequences of a given length.
struct LayerPlan {
  Filters filters;
  Activation activation;
  int64_t time;     ///< rows that come in
  int64_t front;    ///< rows of zeros before them
  int64_t padded;   ///< rows with the zeros around them
  int64_t steps;    ///< of the convolution
  int64_t results;  ///< rows that go out, after pooling
  int64_t pool_width, pool_stride;

  LayerPlan(const ConvLayer& layer, int64_t rows);

  bool pools() const { return pool_width > 1 || pool_stride > 1; }
  int64_t input_size() const { return time * filters.channels; }
  int64_t result_size() const { return results * filters.outputs; }
};

/// Throws ShapeError unless the layers fit x: [N, T, C] and one another, ConfigError on a dropout
/// outside its range.
void require_shapes(const at::Tensor& x, const std::vector<ConvLayer>& layers);

/// The layers for sequences of so many rows.
std::vector<LayerPlan> plan_layers(int64_t rows, const std::vector<ConvLayer>& layers);

/// Rows of a sequence with zeros before and after them, where a thread keeps one window.
class Rows {
 public:
  Rows(int64_t front, int64_t rows, int64_t back, int64_t channels)
      : front_(front * channels),
        values_(static_cast<size_t>((front + rows + back) * channels + kSlack)) {}

  float* begin() { return values_.data(); }
  float* inside() { return values_.data() + front_; }
  void clear() { std::ranges::fill(values_, 0.0F); }

 private:
  int64_t front_;
  std::vector<float> values_;
};

/// Room for the input of a layer.
Rows input_rows(const LayerPlan& layer);

}  // namespace tacit::kernels
