// SPDX-License-Identifier: Apache-2.0
#include "tacit/dist/communicator.h"

#include <ATen/ops/arange.h>
#include <gtest/gtest.h>

namespace tacit {
namespace {

TEST(SingleProcess, IsTheFirstAndOnlyProcess) {
  const SingleProcess world;
  EXPECT_EQ(world.rank(), 0);
  EXPECT_EQ(world.size(), 1);
}

TEST(SingleProcess, CollectivesAreTheIdentityAndLetGradientsThrough) {
  const SingleProcess world;
  const at::Tensor x = at::arange(6, at::kFloat).view({3, 2}).set_requires_grad(true);
  EXPECT_TRUE(world.mean(x).equal(x));
  EXPECT_TRUE(world.gather(x).equal(x));
  EXPECT_TRUE(world.sum(x).equal(x));
  EXPECT_TRUE(world.broadcast(x).equal(x));
  (world.mean(x) * 2 + world.gather(x) * 3).sum().backward();
  EXPECT_TRUE(x.grad().eq(5).all().item<bool>());
}

}  // namespace
}  // namespace tacit
