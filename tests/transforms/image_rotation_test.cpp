// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/image_rotation.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <limits>

#include "tacit/core/error.h"
#include "tests/transforms/images.h"

namespace tacit {
namespace {

Tensor all_turned(const Tensor& x, int64_t turns) {
  return rotate_quarter(x, at::full({x.size(0)}, turns, at::kLong));
}

TEST(RotateQuarter, IsCounterClockwise) {
  const Tensor x = at::tensor({1, 2, 3, 4}, at::kFloat).view({1, 1, 2, 2});
  EXPECT_TRUE(at::equal(all_turned(x, 1).flatten(), at::tensor({2, 4, 1, 3}, at::kFloat)));
  EXPECT_TRUE(at::equal(all_turned(x, 2).flatten(), at::tensor({4, 3, 2, 1}, at::kFloat)));
  EXPECT_TRUE(at::equal(all_turned(x, 3).flatten(), at::tensor({3, 1, 4, 2}, at::kFloat)));
}

TEST(RotateQuarter, TurnsEachRowByItsOwnAngle) {
  const int64_t side = 5;
  const Tensor x = random_images(9, 3, side, side);
  const Tensor turns = at::tensor({0L, 1L, 2L, 3L, 4L, 5L, -1L, -2L, 4000000001L});
  const Tensor y = rotate_quarter(x, turns);
  for (int64_t row = 0; row < 9; ++row)
    for (int64_t i = 0; i < side; ++i)
      for (int64_t j = 0; j < side; ++j) {
        // Where (i, j) came from: once back, clockwise, is (i, j) -> (j, side - 1 - i).
        int64_t from_i = i, from_j = j;
        for (int64_t turn = 0; turn < ((turns[row].item<int64_t>() % 4) + 4) % 4; ++turn) {
          const int64_t before = from_i;
          from_i = from_j;
          from_j = side - 1 - before;
        }
        ASSERT_TRUE(
            at::equal(y[row].select(1, i).select(1, j), x[row].select(1, from_i).select(1, from_j)))
            << row << ": " << i << ", " << j;
      }
}

TEST(RotateQuarter, FourTimesIsTheIdentityAndLeavesItsInput) {
  const Tensor x = random_images(4, 3, 7, 7), before = x.clone();
  const Tensor turns = at::arange(4, at::kLong);
  Tensor y = x;
  for (int turn = 0; turn < 4; ++turn) y = rotate_quarter(y, turns);
  EXPECT_TRUE(at::equal(y, x));
  EXPECT_TRUE(at::equal(x, before));
  EXPECT_FALSE(all_turned(x, 0).is_alias_of(x));
}

TEST(RotateQuarter, TakesAnyTypeLayoutAndValue) {
  const Tensor bytes = (random_images(4, 3, 6, 6) * 255).to(at::kByte);
  const Tensor turns = at::arange(4, at::kLong);
  const Tensor expected = rotate_quarter(bytes.to(at::kFloat), turns).to(at::kByte);
  EXPECT_TRUE(at::equal(rotate_quarter(bytes, turns), expected));
  EXPECT_TRUE(
      at::equal(rotate_quarter(bytes.contiguous(at::MemoryFormat::ChannelsLast), turns), expected));
  const Tensor infinite =
      at::full({1, 1, 3, 3}, std::numeric_limits<double>::infinity(), at::kDouble);
  EXPECT_TRUE(at::equal(all_turned(infinite, 1), infinite));
  EXPECT_EQ(all_turned(random_images(0, 3, 4, 4), 1).size(0), 0);
  EXPECT_FALSE(all_turned(random_images(1, 3, 4, 4).requires_grad_(), 1).requires_grad());
}

TEST(RotateQuarter, IsTheSameOnAGpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "no GPU";
  const Tensor x = random_images(8, 3, 6, 6), turns = at::arange(8, at::kLong);
  const Tensor expected = rotate_quarter(x, turns), there = x.to(at::kCUDA);
  EXPECT_TRUE(at::equal(rotate_quarter(there, turns).cpu(), expected));
  EXPECT_TRUE(at::equal(rotate_quarter(there, turns.to(at::kCUDA)).cpu(), expected));
  EXPECT_TRUE(four_rotations(there).turns.is_cuda());
}

TEST(RotateQuarter, RefusesWhatIsNotSquareOrNotAnAngleARow) {
  EXPECT_THROW(all_turned(random_images(2, 3, 4, 5), 1), ShapeError);
  const Tensor x = random_images(2, 3, 4, 4);
  EXPECT_THROW(rotate_quarter(x[0], at::ones({3}, at::kLong)), ShapeError);
  EXPECT_THROW(rotate_quarter(x, at::ones({3}, at::kLong)), ShapeError);
  EXPECT_THROW(rotate_quarter(x, at::ones({2, 1}, at::kLong)), ShapeError);
  EXPECT_THROW(rotate_quarter(x, at::ones({2}, at::kFloat)), ShapeError);
  EXPECT_THROW(four_rotations(random_images(2, 3, 4, 5)), ShapeError);
}

TEST(FourRotations, AreTheImagesTurnedByTheirLabels) {
  const Tensor x = random_images(3, 3, 6, 6);
  const Rotations all = four_rotations(x);
  EXPECT_TRUE(at::equal(all.turns, at::tensor({0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}, at::kLong)));
  EXPECT_TRUE(at::equal(all.x, rotate_quarter(x.repeat({4, 1, 1, 1}), all.turns)));
  EXPECT_TRUE(at::equal(all.x.narrow(0, 0, 3), x));
  EXPECT_FALSE(all.x.is_alias_of(x));
}

}  // namespace
}  // namespace tacit
