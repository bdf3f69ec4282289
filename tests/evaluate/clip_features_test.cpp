// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/clip_features.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"

namespace tacit {
namespace {

Tensor counting(at::IntArrayRef shape) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return at::arange(count, at::kFloat).view(shape);
}

TEST(GreyCells, AreMeansOfTheBlocksThatTheyCover) {
  const Tensor x = counting({2, 1, 3, 60, 80});
  const Tensor cells = grey_cells(x, 1);
  ASSERT_EQ(cells.sizes(), (std::vector<int64_t>{2, 1200}));
  const Tensor block = x[1][0][1].slice(0, 58, 60).slice(1, 6, 8);
  EXPECT_NEAR(cells[1][29 * 40 + 3].item<double>(), block.mean().item<double>(), 1e-2);
}

TEST(GreyCells, ShareAPixelThatLiesInTwo) {
  Tensor x = at::full({1, 1, 1, 1, 60}, 0.0);  // cells are 1.5 pixels wide
  x.select(4, 1).fill_(3);
  const Tensor cells = grey_cells(x, 0);
  EXPECT_NEAR(cells[0][0].item<double>(), 3 * 0.5 / 1.5, 1e-6);
  EXPECT_NEAR(cells[0][1].item<double>(), 3 * 0.5 / 1.5, 1e-6);
  EXPECT_EQ(cells[0][2].item<double>(), 0);
}

TEST(GreyCells, KeepSmallFramesAndWeighColours) {
  const Tensor x = at::tensor({10.F, 20.F, 40.F}).view({1, 3, 1, 1, 1}).expand({1, 3, 1, 4, 5});
  const Tensor cells = grey_cells(x, 0);
  ASSERT_EQ(cells.sizes(), (std::vector<int64_t>{1, 20}));
  EXPECT_NEAR(cells[0][7].item<double>(), 2.99 + 11.74 + 4.56, 1e-4);
}

TEST(GreyCells, RefuseWhatIsNoClip) {
  EXPECT_THROW(grey_cells(counting({1, 3, 4, 4}), 0), ShapeError);
  EXPECT_THROW(grey_cells(counting({1, 2, 1, 4, 4}), 0), ShapeError);
  EXPECT_THROW(grey_cells(counting({1, 1, 2, 4, 4}), 2), ShapeError);
}

TEST(ChannelMeans, AreOverAllThatFollows) {
  const Tensor x = counting({2, 3, 4, 5});
  EXPECT_TRUE(channel_means(x).allclose(x.mean({2, 3})));
  EXPECT_TRUE(channel_means(counting({2, 3, 4})).allclose(counting({2, 3, 4}).mean(2)));
  EXPECT_THROW(channel_means(counting({2, 3})), ShapeError);
}

}  // namespace
}  // namespace tacit
