// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/embedding_map.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/error.h"

namespace tacit {
namespace {

/// Uncorrelated coordinates, wide and narrow, on a circle of 40 points.
Tensor wide() { return 5 * (at::arange(40, at::kDouble) * (2 * M_PI / 40)).cos(); }
Tensor narrow() { return 2 * (at::arange(40, at::kDouble) * (2 * M_PI / 40)).sin(); }

TEST(EmbeddingMap, FindsThePlaneOfAnEllipse) {
  // Rotated by (0.6, 0.8) into the first two of three dimensions and moved away from zero.
  const Tensor x =
      at::stack({0.6 * wide() - 0.8 * narrow(), 0.8 * wide() + 0.6 * narrow(), 0 * wide()}, 1) + 7;
  const EmbeddingMap got = embedding_map(x);
  EXPECT_TRUE(got.points.select(1, 0).allclose(wide().to(at::kFloat), 1e-5, 1e-5));
  // The largest loading of the second axis is -0.8 in (-0.8, 0.6), so the axis is turned round.
  EXPECT_TRUE(got.points.select(1, 1).allclose(-narrow().to(at::kFloat), 1e-5, 1e-5));
  EXPECT_NEAR(got.share[0], 25.0 / 29, 1e-9);
  EXPECT_NEAR(got.share[1], 4.0 / 29, 1e-9);
}

TEST(EmbeddingMap, DoesNotFlipWithTheOrderOfRows) {
  const Tensor x = at::stack({wide(), narrow()}, 1);
  EXPECT_TRUE(
      embedding_map(x.flip({0})).points.allclose(embedding_map(x).points.flip({0}), 1e-5, 1e-5));
}

TEST(EmbeddingMap, AxesThatDoNotExistAreZero) {
  const EmbeddingMap line = embedding_map(at::arange(3, at::kFloat).unsqueeze(1));
  EXPECT_TRUE(line.points.equal(at::tensor({-1.f, 0.f, 0.f, 0.f, 1.f, 0.f}).view({3, 2})));
  EXPECT_EQ(line.share[1], 0);
  EXPECT_TRUE(embedding_map(at::ones({1, 5})).points.equal(at::zeros({1, 2})));
}

TEST(EmbeddingMap, RefusesWhatHasNoPlace) {
  EXPECT_THROW(embedding_map(at::zeros({3})), ShapeError);
  EXPECT_THROW(embedding_map(at::full({3, 2}, std::numeric_limits<float>::quiet_NaN())), DataError);
}

}  // namespace
}  // namespace tacit
