// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/projector.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/losses/ranks.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const SingleProcess kAlone;

Tensor dense(const std::map<std::string, Tensor>& w, int layer, const Tensor& x) {
  const std::string name = text("dense{}_", layer);
  const Tensor product = at::matmul(x, w.at(name + "weight").t());
  return w.contains(name + "bias") ? product + w.at(name + "bias") : product;
}

TEST(Projector, IsDenseLayersWithReluBetween) {
  Projector projector(6, {5, 4, 3}, ProjectorNormalization::none, Rng(1));
  stir(projector);
  const auto w = weights(projector);
  const Tensor x = numbers({7, 6}, 1);
  const Tensor wanted = dense(w, 3, dense(w, 2, dense(w, 1, x).clamp_min(0)).clamp_min(0));
  EXPECT_TRUE(projector.forward(x, kAlone).allclose(wanted, 1e-4, 1e-5));
}

TEST(Projector, StandardisesHiddenLayersOverTheBatch) {
  Projector projector(6, {5, 3}, ProjectorNormalization::batch, Rng(1));
  stir(projector);
  const auto w = weights(projector);
  const Tensor x = numbers({7, 6}, 1), hidden = dense(w, 1, x);
  const Tensor even = (hidden - hidden.mean(0)) / (hidden.var(0, /*unbiased=*/false) + 1e-5).sqrt();
  const Tensor wanted = dense(w, 2, (even * w.at("norm1_gain") + w.at("norm1_shift")).clamp_min(0));
  EXPECT_TRUE(projector.forward(x, kAlone).allclose(wanted, 1e-4, 1e-5));
  projector.eval();
  EXPECT_TRUE(projector.forward(x, kAlone).allclose(wanted, 1e-4, 1e-5));
}

TEST(Projector, SplitOverProcessesIsThatOfTheJointBatch) {
  Projector projector(6, {5, 3}, ProjectorNormalization::batch, Rng(1));
  const Tensor x = numbers({8, 6}, 1), wanted = projector.forward(x, kAlone);
  Ranks(2).mean_loss([&](int64_t rank, const Communicator& world) {
    const Tensor got = projector.forward(x.slice(0, 4 * rank, 4 * rank + 4), world);
    EXPECT_TRUE(got.allclose(wanted.slice(0, 4 * rank, 4 * rank + 4), 1e-4, 1e-5));
    return got.sum();
  });
}

TEST(Projector, WithoutLayersIsTheIdentity) {
  const Projector projector(6, {}, ProjectorNormalization::batch, Rng(1));
  const Tensor x = numbers({3, 6}, 1);
  EXPECT_TRUE(projector.forward(x, kAlone).equal(x));
}

TEST(Projector, IsFiniteForALoneRow) {
  const Projector projector(6, {5, 3}, ProjectorNormalization::batch, Rng(1));
  const Tensor x = numbers({1, 6}, 1).set_requires_grad(true);
  projector.forward(x, kAlone).sum().backward();
  EXPECT_TRUE(x.grad().isfinite().all().item<bool>());
}

}  // namespace
}  // namespace tacit
