// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/vicreg.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

Vicreg make(const VicregConfig& config) {
  return {config, {Waves(1).spec(), small_encoder(Rng(1)), Rng(2)}};
}

TEST(Vicreg, LossIsTheObjectiveOnTheExpandedViews) {
  const VicregConfig config{
      .views = {.first = {"jitter"}}, .expander = {}, .weights = {.variance = 3}};
  Vicreg method = make(config);
  const Batch batch = Waves(8).all();
  Rng draws(1);
  const Tensor views = TwoViews(config.views, Waves(1).spec())(batch.x, draws);
  const Tensor a = method.encoder().forward(views.slice(0, 0, 8)),
               b = method.encoder().forward(views.slice(0, 8));
  EXPECT_NEAR(loss_of(method, batch, 1).total.item<double>(),
              vicreg(a, b, config.weights, SingleProcess()).total.item<double>(), 1e-4);
}

TEST(Vicreg, EqualViewsDifferInNothing) {
  Vicreg method = make({.views = {.second = {}}});
  const Loss loss = loss_of(method, Waves(16).all(), 1);
  ASSERT_EQ(loss.parts.at(0).first, "invariance");
  EXPECT_NEAR(loss.parts.at(0).second.item<double>(), 0, 1e-9);
}

TEST(Vicreg, SaysBeforeTrainingWhatItCannotTurn) {
  Spec spec = Waves(1).spec();
  spec.shape[0] = 2;
  EXPECT_THROW(Vicreg({}, {spec, small_encoder(Rng(1)), Rng(2)}), ShapeError);
  EXPECT_THROW(make({.views = {.second = {"turn"}}}), ConfigError);
}

}  // namespace
}  // namespace tacit
