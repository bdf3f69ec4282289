// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/collapse.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/core/rng.h"

namespace tacit {
namespace {

Tensor noise(int64_t n, int64_t d) {
  Tensor x = at::empty({n, d}, at::kDouble);
  Rng rng(3);
  for (int64_t i = 0; i < x.numel(); ++i) x.mutable_data_ptr<double>()[i] = rng.normal();
  return x;
}

TEST(Collapse, DirectionsSpreadEvenlyAreHealthy) {
  const EmbeddingHealth got = embedding_health(noise(2000, 16));
  EXPECT_NEAR(got.spread, 1, 0.02);
  EXPECT_GT(got.effective_rank, 15.5);
  EXPECT_LE(got.effective_rank, 16.001);
  EXPECT_EQ(got.dead, 0);
  EXPECT_EQ(got.warning, "");
  EXPECT_EQ(got.features, 16);
  EXPECT_EQ(got.rows, 2000);
}

TEST(Collapse, EffectiveRankIsTheEntropyOfSingularValues) {
  // Singular values 4, 2, 2: p = 1/2, 1/4, 1/4 and an entropy of 1.5 ln 2, for tall and wide alike.
  Tensor x = at::zeros({5, 3});
  x.narrow(0, 0, 3).copy_(at::tensor({4.f, 0.f, 0.f, 0.f, 2.f, 0.f, 0.f, 0.f, 2.f}).view({3, 3}));
  EXPECT_NEAR(embedding_health(x).effective_rank, std::pow(2, 1.5), 1e-4);
  EXPECT_NEAR(embedding_health(x.t()).effective_rank, std::pow(2, 1.5), 1e-4);
}

TEST(Collapse, SameFeaturesForAllRowsAreACollapse) {
  const EmbeddingHealth got = embedding_health(at::ones({50, 8}) + 1e-4 * noise(50, 8));
  EXPECT_LT(got.spread, 0.01);
  EXPECT_NE(got.warning.find("same way"), std::string::npos);
}

TEST(Collapse, FeaturesOnALineAreACollapse) {
  const EmbeddingHealth got = embedding_health(noise(50, 1).mm(at::ones({1, 8}, at::kDouble)));
  EXPECT_NEAR(got.effective_rank, 1, 0.01);
  EXPECT_GT(got.spread, 0.5);
  EXPECT_NE(got.warning.find("line"), std::string::npos);
}

TEST(Collapse, CountsConstantDimensions) {
  const Tensor x = at::cat({noise(50, 3), at::full({50, 5}, 0.5, at::kDouble)}, 1);
  const EmbeddingHealth got = embedding_health(x);
  EXPECT_DOUBLE_EQ(got.dead, 5.0 / 8);
  EXPECT_NE(got.warning.find("constant"), std::string::npos);
}

TEST(Collapse, ScaleMeansNothing) {
  const EmbeddingHealth one = embedding_health(noise(50, 6)),
                        other = embedding_health(1e-6 * noise(50, 6));
  EXPECT_NEAR(one.spread, other.spread, 1e-9);
  EXPECT_NEAR(one.effective_rank, other.effective_rank, 1e-6);
  EXPECT_EQ(one.dead, other.dead);
}

TEST(Collapse, ZerosAreACollapseNotACrash) {
  const EmbeddingHealth got = embedding_health(at::zeros({4, 3}));
  EXPECT_EQ(got.dead, 1);
  EXPECT_EQ(got.effective_rank, 1);
  EXPECT_FALSE(got.warning.empty());
}

TEST(Collapse, RefusesOneRowAndInfinity) {
  EXPECT_THROW(embedding_health(at::ones({1, 3})), ShapeError);
  EXPECT_THROW(embedding_health(at::full({3, 3}, std::numeric_limits<double>::infinity())),
               DataError);
}

}  // namespace
}  // namespace tacit
