// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace tacit::kernels {

/// Operands of one product c[m, n] = sum over d of a[m, d] * b[d, n], stored into c or added to it.
/// Element (m, d) of a lies at a[m * a_row_stride + d * a_depth_stride]; rows may overlap, so a
/// sliding window over a sequence is an operand as it stands, without a copy.
/// Every element of c is summed over d in ascending order, whatever its place in the matrix.
struct StridedProduct {
  int64_t rows = 0;
  int64_t depth = 0;
  int64_t columns = 0;
  const float* a = nullptr;
  int64_t a_row_stride = 0;
  int64_t a_depth_stride = 1;
  const float* b = nullptr;  ///< each row readable up to padded_columns(columns)
  int64_t b_row_stride = 0;
  float* c = nullptr;  ///< exactly `columns` floats of each row are written
  int64_t c_row_stride = 0;
  bool add = false;
};

/// Number of floats that a product may read of a row of b: the next multiple of 16.
constexpr int64_t padded_columns(int64_t columns) { return (columns + 15) / 16 * 16; }

/// A sequence and its parts under the fast FIR algorithm of `ways` ways (fast_fir.h).
/// Part p, row n lies at parts[p * part_stride + n * channels].
struct Split {
  int ways = 1;
  int64_t rows = 0;      ///< of each part
  int64_t channels = 0;  ///< of the sequence, whose rows follow one another
  int64_t part_stride = 0;
};

/// What follows a convolution, element by element: y = drop(leaky_relu(y + bias)).
struct Activation {
  float slope = 0;          ///< of negative values; 0: ReLU
  uint32_t threshold = 0;   ///< dropped where the hash is below it: probability * 2^32
  float scale = 1;          ///< of what is kept: 1 / (1 - probability)
  float slope_at_zero = 0;  ///< derivative where y is 0: a dropped element, or leaky_relu'(0)
};

/// The vector routines of a kind of processor. All are safe on any thread and throw nothing; NaN
/// and infinity go where plain arithmetic takes them.
struct Simd {
  const char* name;

  void (*product)(const StridedProduct& product);

  /// Writes the parts of `rows * ways + ways - 1` rows of x.
  void (*split)(const Split& split, const float* x, float* parts);

  /// Writes the first `steps` rows of the sequence of results, y_row_stride floats apart.
  void (*join)(const Split& split, const float* parts, float* y, int64_t steps,
               int64_t y_row_stride);

  /// The transpose of join: the parts of the gradient of `rows * ways` rows of results.
  void (*spread)(const Split& split, const float* gradient, float* parts);

  /// Activates y: [rows, outputs] in place; bias: [outputs]. `key` and the number of the first
  /// element say which ones are dropped.
  void (*activate)(const Activation& activation, float* y, int64_t rows, int64_t outputs,
                   const float* bias, uint32_t key, uint32_t first);

  /// gated = derivative of the activation * gradient, from the activated y: `count` floats. A NaN
  /// in y lets the gradient pass, as in PyTorch.
  void (*gate)(const Activation& activation, const float* y, const float* gradient, float* gated,
               int64_t count);

  /// The largest value over time of y: [rows, outputs], and its first row, for each output. The
  /// first NaN counts as the largest.
  void (*largest)(const float* y, int64_t rows, int64_t outputs, float* value, int32_t* row);

  /// target += factor * source, `count` floats.
  void (*add_scaled)(float* target, const float* source, float factor, int64_t count);

  /// Whether none of `count` floats is NaN or infinite.
  bool (*is_finite)(const float* x, int64_t count);
};

/// The versions that this processor can run, the widest and preferred first.
const std::vector<const Simd*>& available_simd();

/// The preferred version.
const Simd& simd();

}  // namespace tacit::kernels
