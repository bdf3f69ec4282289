// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/simclr.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/losses/nt_xent.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

Simclr make(const SimclrConfig& config) {
  return {config, {Waves(1).spec(), small_encoder(Rng(1)), Rng(2)}};
}

TEST(Simclr, LossIsNtXentOfTheProjectedViews) {
  const SimclrConfig config{.views = {.first = {"jitter"}}, .projector = {}, .temperature = 0.5};
  Simclr method = make(config);
  const Batch batch = Waves(8).all();
  Rng draws(1);
  const Tensor views = TwoViews(config.views, Waves(1).spec())(batch.x, draws);
  const Tensor a = method.encoder().forward(views.slice(0, 0, 8)),
               b = method.encoder().forward(views.slice(0, 8));
  EXPECT_NEAR(loss_of(method, batch, 1).total.item<double>(),
              nt_xent(a, b, 0.5, SingleProcess()).total.item<double>(), 1e-4);
}

TEST(Simclr, ViewsThatAreEqualAreFoundAtOnce) {
  Simclr method = make({.views = {.second = {}}});
  EXPECT_EQ(loss_of(method, Waves(16).all(), 1).parts.at(0).second.item<double>(), 1);
}

TEST(Simclr, HasThePublishedProjector) {
  Simclr method = make({});
  const auto parameters = method.named_parameters();
  EXPECT_EQ(parameters["projector.dense1_weight"].sizes(), (std::vector<int64_t>{256, 16}));
  EXPECT_EQ(parameters["projector.dense3_weight"].sizes(), (std::vector<int64_t>{50, 128}));
}

TEST(Simclr, SaysBeforeTrainingWhatItCannotTurn) {
  Spec spec = Waves(1).spec();
  spec.shape[0] = 2;
  EXPECT_THROW(Simclr({}, {spec, small_encoder(Rng(1)), Rng(2)}), ShapeError);
  EXPECT_THROW(make({.views = {.first = {"turn"}}}), ConfigError);
}

}  // namespace
}  // namespace tacit
