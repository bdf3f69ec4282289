// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/number_ramps.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <limits>

namespace tacit {
namespace {

TEST(NumberRamps, RiseOneAfterTheOther) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = at::tensor(std::vector<float>{-9, -2, 0, 2.5F, 9, nan}).view({3, 2});
  const Tensor wanted =                                               // knots at -3, -1, 1, 3
      at::tensor(std::vector<float>{0, 0, 0, 0.5F, 0, 0, 1, 0.5F, 0,  //
                                    1, 1, 0.75F, 1, 1, 1, 0, 0, 0})
          .view({3, 2, 3});
  EXPECT_TRUE(number_ramps(x, 3).allclose(wanted)) << number_ramps(x, 3);
}

}  // namespace
}  // namespace tacit
