// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/barlow_twins.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

BarlowTwins make(const BarlowTwinsConfig& config) {
  return {config, {Waves(1).spec(), small_encoder(Rng(1)), Rng(2)}};
}

TEST(BarlowTwinsMethod, LossIsTheObjectiveOnTheProjectedViews) {
  const BarlowTwinsConfig config{
      .views = {.first = {"jitter"}}, .projector = {}, .weights = {.off_diagonal = 3}};
  BarlowTwins method = make(config);
  const Batch batch = Waves(8).all();
  Rng draws(1);
  const Tensor views = TwoViews(config.views, Waves(1).spec())(batch.x, draws);
  const Tensor one = method.encoder().forward(views.slice(0, 0, 8)),
               other = method.encoder().forward(views.slice(0, 8));
  EXPECT_NEAR(loss_of(method, batch, 1).total.item<double>(),
              barlow_twins(one, other, config.weights, SingleProcess()).total.item<double>(), 1e-4);
}

TEST(BarlowTwinsMethod, EqualViewsCorrelateFully) {
  BarlowTwins method = make({.views = {.second = {}}, .projector = {32, 4}});
  const Loss loss = loss_of(method, Waves(64).all(), 1);
  ASSERT_EQ(loss.parts.at(0).first, "on_diagonal");
  EXPECT_NEAR(loss.parts.at(0).second.item<double>(), 0, 1e-4);
}

TEST(BarlowTwinsMethod, LearnsFromImages) {
  const Pictures pictures(8);
  BarlowTwins method({.views = {.first = {"flip"}, .second = {"resized_crop", "grey"}}},
                     {pictures.spec(), small_image_encoder(Rng(1)), Rng(2)});
  loss_of(method, all_of(pictures), 1).total.backward();
  for (const auto& item : method.named_parameters())
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
}

TEST(BarlowTwinsMethod, SaysBeforeTrainingWhatItCannotTurn) {
  Spec spec = Waves(1).spec();
  spec.shape[0] = 2;
  EXPECT_THROW(BarlowTwins({}, {spec, small_encoder(Rng(1)), Rng(2)}), ShapeError);
  EXPECT_THROW(make({.views = {.second = {"turn"}}}), ConfigError);
}

}  // namespace
}  // namespace tacit
