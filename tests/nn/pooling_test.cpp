// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/pooling.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/config.h"

namespace tacit {
namespace {

TEST(Pool, PutsTheStatisticsSideBySide) {
  // One row, two steps, two features: (1, -2) then (3, -6).
  const at::Tensor x = at::tensor(std::vector<double>{1, -2, 3, -6}).view({1, 2, 2});
  const std::vector<std::vector<double>> wanted{
      {3, -2}, {2, -4}, {3, -2, 2, -4}, {3, -2, 2, -4, std::sqrt(1 + 1e-5), std::sqrt(4 + 1e-5)}};
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto pooling = static_cast<Pooling>(i);
    SCOPED_TRACE(enum_name(pooling));
    const at::Tensor got = pool(x, pooling);
    EXPECT_TRUE(got.allclose(at::tensor(wanted[i]).view({1, -1}), 1e-12, 1e-12)) << got;
    EXPECT_EQ(got.size(1), 2 * statistics(pooling));
  }
}

TEST(Pool, HasAFiniteGradientWhereNothingChangesInTime) {
  const at::Tensor x = at::ones({2, 4, 3}).set_requires_grad(true);
  pool(x, Pooling::max_mean_std).sum().backward();
  EXPECT_TRUE(x.grad().isfinite().all().item<bool>());
}

}  // namespace
}  // namespace tacit
