// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/method.h"

#include <gtest/gtest.h>

#include "tests/methods/waves.h"

namespace tacit {
namespace {

TEST(Method, HasOnePhaseOfEverythingThatNeedsAGradient) {
  const auto method = small_method("autoencoder");
  const size_t all = method->parameters().size();
  EXPECT_EQ(method->phases().size(), 1u);
  EXPECT_EQ(method->phases()[0].parameters.size(), all);
  EXPECT_EQ(method->phases()[0].every, 1);
  Tensor frozen = method->encoder().last_block()[0];
  frozen.requires_grad_(false);
  EXPECT_EQ(method->phases()[0].parameters.size(), all - 1);
}

TEST(Method, ItsPhaseDescendsItsLoss) {
  const auto method = small_method("spectrum_prediction");
  Rng draws(3);
  const SingleProcess world;
  Step step{0, 0, draws, world};
  const Batch batch = Waves(4).all();
  EXPECT_EQ(method->phases()[0].loss(batch, step).total.item<double>(),
            loss_of(*method, batch, 3).total.item<double>());
}

}  // namespace
}  // namespace tacit
