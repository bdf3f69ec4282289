// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace tacit::kernels {

/// What becomes of a finished sum: replaces c, is added to c, or is max(sum + bias, 0) into c.
enum class Finish { store, add, bias_relu };

/// Operands of one product c[m, n] = finish(sum over d of a[m, d] * b[d, n]).
/// Element (m, d) of a lies at a[m * a_row_stride + d * a_depth_stride]; rows may overlap, so a
/// sliding window over a sequence is an operand as it stands, without a copy.
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
  const float* bias = nullptr;  ///< padded_columns(columns) floats; read for bias_relu only
};

/// Number of floats to reserve for a row of b or a bias: the next multiple of 16.
constexpr int64_t padded_columns(int64_t columns) { return (columns + 15) / 16 * 16; }

/// Computes the product on the calling thread. Every element of c is summed over d in ascending
/// order, whatever its place in the matrix. NaN propagates, through bias_relu as well.
/// Throws nothing; safe to call from several threads on different c.
void strided_product(const StridedProduct& product, Finish finish);

using ProductFunction = void (*)(const StridedProduct&, Finish);

/// The versions of `strided_product` that this processor can run, the widest and preferred first.
std::vector<ProductFunction> available_products();

}  // namespace tacit::kernels
