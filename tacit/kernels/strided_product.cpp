// SPDX-License-Identifier: Apache-2.0
//
// A small matrix product in registers. A tile of rows x (2 vectors of columns) of c is kept in
// registers while d runs over the whole depth: each step loads two vectors of b and multiplies
// them by one broadcast element of a per row. So c is touched once, a stays in the first-level
// cache, and the loads are a fraction of the multiply-adds. The same template is compiled for
// AVX-512, AVX2 and the baseline of the machine, each with the tile its registers can hold, and
// the widest one that the processor runs is taken.
#include "tacit/kernels/strided_product.h"

#include <algorithm>
#include <cstring>

namespace tacit::kernels {
namespace {

/// Computes rows x (vectors * width) elements of c, from (row, column) on.
template <int width, int rows, int vectors>
[[gnu::always_inline]] inline void tile(const StridedProduct& p, Finish finish, int64_t row,
                                        int64_t column) {
  using Vector [[gnu::vector_size(width * sizeof(float))]] = float;
  Vector sum[rows][vectors] = {};
  const float* a = p.a + row * p.a_row_stride;
  const float* b = p.b + column;
  for (int64_t depth = 0; depth < p.depth; ++depth) {
    Vector right[vectors];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) std::memcpy(&right[v], b + v * width, sizeof(Vector));
#pragma GCC unroll 16
    for (int r = 0; r < rows; ++r) {
      const float left = a[r * p.a_row_stride];
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) sum[r][v] += left * right[v];
    }
    a += p.a_depth_stride;
    b += p.b_row_stride;
  }
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
      const int64_t first = column + v * width;
      const int64_t count = std::min<int64_t>(p.columns - first, width);
      if (count <= 0) continue;
      float* const c = p.c + (row + r) * p.c_row_stride + first;
      Vector value = sum[r][v];
      Vector other = {};
      if (finish == Finish::bias_relu) {
        std::memcpy(&other, p.bias + first, sizeof(other));
        value += other;
        value = value < 0.0F ? Vector{} : value;  // false for NaN, which therefore stays
      } else if (finish == Finish::add) {
        std::memcpy(&other, c, count == width ? sizeof(other) : count * sizeof(float));
        value += other;
      }
      std::memcpy(c, &value, count == width ? sizeof(value) : count * sizeof(float));
    }
  }
}

/// Computes the rows from `row` on in tiles of `rows`, and what is left over in smaller tiles.
template <int width, int rows, int vectors>
[[gnu::always_inline]] inline void panel(const StridedProduct& p, Finish finish, int64_t row,
                                         int64_t column) {
  for (; row + rows <= p.rows; row += rows) tile<width, rows, vectors>(p, finish, row, column);
  if constexpr (rows > 1) panel<width, rows / 2, vectors>(p, finish, row, column);
}

template <int width, int rows>
[[gnu::always_inline]] inline void all_panels(const StridedProduct& p, Finish finish) {
  const int64_t end = padded_columns(p.columns);
  int64_t column = 0;
  for (; column + 2 * width <= end; column += 2 * width) {
    panel<width, rows, 2>(p, finish, 0, column);
  }
  for (; column < end; column += width) panel<width, rows, 1>(p, finish, 0, column);
}

void baseline(const StridedProduct& p, Finish finish) { all_panels<4, 6>(p, finish); }

#ifdef __x86_64__
[[gnu::target("avx2,fma")]] void avx2(const StridedProduct& p, Finish finish) {
  all_panels<8, 6>(p, finish);
}

[[gnu::target("avx512f")]] void avx512(const StridedProduct& p, Finish finish) {
  all_panels<16, 12>(p, finish);
}
#endif

}  // namespace

std::vector<ProductFunction> available_products() {
  std::vector<ProductFunction> products;
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f")) products.push_back(avx512);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) products.push_back(avx2);
#endif
  products.push_back(baseline);
  return products;
}

void strided_product(const StridedProduct& product, Finish finish) {
  static const ProductFunction widest = available_products().front();
  widest(product, finish);
}

}  // namespace tacit::kernels
