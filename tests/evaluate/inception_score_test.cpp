// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/inception_score.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tacit/core/error.h"

namespace tacit {
namespace {

// numpy 2.4.6:
//   i, j = np.arange(103)[:, None], np.arange(5)[None, :]
//   l = (np.sin((i+1)**2*(0.7 + 0.31*j) + 0.7)*(1 + 0.1*j) + 0.7*0.2).astype(np.float32)
//   p = np.exp(3*l.astype(float))
//   p = (p/p.sum(1, keepdims=True)).astype(np.float32).astype(float)
//   s = []
//   for i in range(10):
//       q = p[i*103//10:(i+1)*103//10]
//       s.append(np.exp((q*(np.log(q) - np.log(q.mean(0)))).sum(1).mean()))
//   np.mean(s), np.std(s)
Tensor probabilities() {
  const Tensor i = at::arange(1, 104, at::kDouble).unsqueeze(1), j = at::arange(5, at::kDouble);
  const Tensor l = (i.square() * (0.7 + 0.31 * j) + 0.7).sin() * (1 + 0.1 * j) + 0.7 * 0.2;
  return (3 * l.to(at::kFloat).to(at::kDouble)).softmax(1).to(at::kFloat);
}

TEST(InceptionScore, MatchesNumpy) {
  const InceptionScore got = inception_score(probabilities());
  EXPECT_EQ(got.values.size(), 10);
  EXPECT_NEAR(got.mean / 2.036128392250016, 1, 1e-6);
  EXPECT_NEAR(got.std / 0.14202794040476707, 1, 1e-6);
  EXPECT_EQ(Json(got), (Json{{"mean", got.mean}, {"std", got.std}, {"values", got.values}}));
}

TEST(InceptionScore, IsOneWhereAllSamplesLookTheSame) {
  const InceptionScore uniform = inception_score(at::full({40, 8}, 0.125));
  EXPECT_NEAR(uniform.mean, 1, 1e-12);
  EXPECT_NEAR(uniform.std, 0, 1e-12);
  const Tensor one = at::eye(8).narrow(0, 3, 1).expand({40, 8});  // one class only
  EXPECT_NEAR(inception_score(one).mean, 1, 1e-12);
}

TEST(InceptionScore, IsTheNumberOfClassesWhereEachIsSharpAndAsFrequent) {
  EXPECT_NEAR(inception_score(at::eye(8).repeat({5, 1}), 5).mean, 8, 1e-12);
  EXPECT_NEAR(inception_score(at::eye(8).repeat({5, 1}), 5).std, 0, 1e-12);
  // Two of three classes, three quarters and one quarter: exp of the entropy.
  const Tensor rows = at::eye(3).index_select(0, at::tensor({0, 0, 0, 1}, at::kLong));
  EXPECT_NEAR(inception_score(rows, 1).mean,
              std::exp(-0.75 * std::log(0.75) - 0.25 * std::log(0.25)), 1e-12);
}

TEST(InceptionScore, SplitsAreConsecutiveRows) {
  // Sorted by class each split sees one class; taken in turn each sees all.
  const Tensor in_turn = at::eye(4).repeat({4, 1});
  const Tensor sorted = at::eye(4).repeat_interleave(4, 0);
  EXPECT_NEAR(inception_score(in_turn, 4).mean, 4, 1e-12);
  EXPECT_NEAR(inception_score(sorted, 4).mean, 1, 1e-12);
  EXPECT_NEAR(inception_score(sorted, 1).mean, 4, 1e-12);
  const InceptionScore halves = inception_score(sorted, 2);
  EXPECT_EQ(halves.values.size(), 2);
  EXPECT_NEAR(halves.mean, 2, 1e-12);
}

TEST(InceptionScore, RefusesWhatAreNoProbabilities) {
  const Tensor p = probabilities();
  EXPECT_THROW(inception_score(p.select(0, 0)), ShapeError);
  EXPECT_THROW(inception_score(p.narrow(0, 0, 1), 1), ShapeError);
  EXPECT_THROW(inception_score(p, 0), ConfigError);
  EXPECT_THROW(inception_score(p, 104), ConfigError);
  EXPECT_NO_THROW(inception_score(p, 103));
  EXPECT_THROW(inception_score(p.log()), DataError);
  EXPECT_THROW(inception_score(2 * p), DataError);
  for (const float bad : {NAN, INFINITY, -0.5f}) {
    Tensor broken = p.clone();
    broken[50][2].fill_(bad);
    try {
      inception_score(broken);
      ADD_FAILURE() << "took " << bad;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find("row 50 "), std::string::npos) << error.what();
    }
  }
  Tensor minus = at::full({4, 3}, 1.0f);  // sums to 1 all the same
  minus.select(1, 1).fill_(-1);
  EXPECT_THROW(inception_score(minus, 1), DataError);
}

}  // namespace
}  // namespace tacit
