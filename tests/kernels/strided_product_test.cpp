// SPDX-License-Identifier: Apache-2.0
#include "tacit/kernels/strided_product.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tacit::kernels {
namespace {

struct Case {
  int64_t rows, depth, columns, a_row_stride, a_depth_stride;
};

std::vector<float> random_floats(int64_t count) {
  std::mt19937 generator(3);
  std::normal_distribution<float> normal;
  std::vector<float> made(static_cast<size_t>(count));
  std::ranges::generate(made, [&] { return normal(generator); });
  return made;
}

/// Every version of the product, against sums in double; c is as long as it may be written.
TEST(StridedProduct, AllVersionsAgreeWithPlainSums) {
  for (const Case& c : {Case{1, 1, 1, 1, 1}, Case{13, 9, 5, 3, 1}, Case{25, 30, 33, 4, 1},
                        Case{12, 7, 64, 1, 5}, Case{11, 0, 16, 1, 1}, Case{7, 40, 96, 0, 0},
                        Case{24, 17, 15, 20, 1}, Case{5, 3, 47, 2, 7}}) {
    const int64_t stride = padded_columns(c.columns);
    const auto a = random_floats((c.rows - 1) * c.a_row_stride + c.depth * c.a_depth_stride + 1);
    const auto b = random_floats(c.depth * stride);
    const auto bias = random_floats(stride);
    const auto before = random_floats(c.rows * c.columns);
    for (const ProductFunction product : available_products()) {
      for (const Finish finish : {Finish::store, Finish::add, Finish::bias_relu}) {
        std::vector<float> found = before;
        product({.rows = c.rows,
                 .depth = c.depth,
                 .columns = c.columns,
                 .a = a.data(),
                 .a_row_stride = c.a_row_stride,
                 .a_depth_stride = c.a_depth_stride,
                 .b = b.data(),
                 .b_row_stride = stride,
                 .c = found.data(),
                 .c_row_stride = c.columns,
                 .bias = bias.data()},
                finish);
        for (int64_t row = 0; row < c.rows; ++row) {
          for (int64_t column = 0; column < c.columns; ++column) {
            double sum = 0;
            for (int64_t d = 0; d < c.depth; ++d) {
              sum += static_cast<double>(a[row * c.a_row_stride + d * c.a_depth_stride]) *
                     b[d * stride + column];
            }
            const size_t at = static_cast<size_t>(row * c.columns + column);
            if (finish == Finish::add) sum += before[at];
            if (finish == Finish::bias_relu) sum = std::max(sum + bias[column], 0.0);
            ASSERT_NEAR(found[at], sum, 2e-5) << row << " " << column;
          }
        }
      }
    }
  }
}

TEST(StridedProduct, ReluKeepsNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> b(16, 1.0F);
  const std::vector<float> bias(16, 0.0F);
  for (const ProductFunction product : available_products()) {
    std::vector<float> c(16);
    product({.rows = 1,
             .depth = 1,
             .columns = 16,
             .a = &nan,
             .b = b.data(),
             .b_row_stride = 16,
             .c = c.data(),
             .c_row_stride = 16,
             .bias = bias.data()},
            Finish::bias_relu);
    EXPECT_TRUE(std::ranges::all_of(c, [](float value) { return std::isnan(value); }));
  }
}

}  // namespace
}  // namespace tacit::kernels
