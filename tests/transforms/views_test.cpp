// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/views.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"

namespace tacit {
namespace {

const Spec kSpec{Modality::signal, {3, 20}, 50, {"x", "y", "z"}};

Tensor signals() { return at::arange(4 * 3 * 20, at::kFloat).view({4, 3, 20}).sin(); }

Tensor views(const TwoViewsConfig& config, uint64_t seed) {
  Rng rng(seed);
  return TwoViews(config, kSpec)(signals(), rng);
}

TEST(TwoViews, PutsTheFirstViewsBeforeTheSecond) {
  const Tensor both = views({.first = {"negation"}, .second = {"time_flip"}}, 1);
  EXPECT_TRUE(both.slice(0, 0, 4).equal(-signals()));
  EXPECT_TRUE(both.slice(0, 4).equal(signals().flip(2)));
}

TEST(TwoViews, ShowTheWindowAndATurnedCopyByDefault) {
  const Tensor both = views({}, 1);
  EXPECT_TRUE(both.slice(0, 0, 4).equal(signals()));
  EXPECT_FALSE(both.slice(0, 4).allclose(signals()));
  EXPECT_TRUE(both.slice(0, 4).norm(2, {1}).allclose(signals().norm(2, {1}), 1e-4, 1e-5));
}

TEST(TwoViews, DrawEachViewByItself) {
  const TwoViewsConfig noisy{.first = {"jitter", "scale"}, .second = {"jitter", "scale"}};
  const Tensor both = views(noisy, 1);
  EXPECT_FALSE(both.slice(0, 0, 4).equal(both.slice(0, 4)));
  EXPECT_TRUE(views(noisy, 1).equal(both));
  EXPECT_FALSE(views(noisy, 2).equal(both));
}

TEST(TwoViews, ChangeARowWithTheProbabilityAsked) {
  Rng rng(1);
  const TwoViews half({.second = {"negation"}, .probability = 0.5}, kSpec);
  const Tensor x = at::ones({2000, 3, 20});
  const Tensor second = half(x, rng).slice(0, 2000);
  EXPECT_NEAR((second.amin({1, 2}) < 0).to(at::kFloat).mean().item<double>(), 0.5, 0.05);
}

TEST(TwoViews, RefuseUnknownNamesAndRowsThatCannotBeTurned) {
  EXPECT_NE(
      message_of<ConfigError>([] { TwoViews({.first = {"rotatin"}}, kSpec); }).find("method.first"),
      std::string::npos);
  EXPECT_NE(message_of<ConfigError>([] {
              TwoViews({.second = {"rotatin"}}, kSpec);
            }).find("\"rotation\""),
            std::string::npos);
  Spec two = kSpec;
  two.shape[0] = 2;
  EXPECT_THROW(TwoViews({}, two), ShapeError);
}

TEST(TwoViews, MoveAllFramesOfAClipAlike) {
  const Spec spec{Modality::video, {1, 3, 8, 8}, 10, {"grey"}};
  const TwoViews views({.first = {}, .second = {"random_crop"}}, spec);
  const Tensor still = at::rand({4, 1, 1, 8, 8}).expand({-1, -1, 3, -1, -1}).contiguous();
  Rng rng(1);
  const Tensor both = views(still, rng), moved = both.slice(0, 4);
  EXPECT_TRUE(both.slice(0, 0, 4).equal(still));
  EXPECT_FALSE(moved.equal(still));
  EXPECT_TRUE(moved.select(2, 0).equal(moved.select(2, 2)));
}

}  // namespace
}  // namespace tacit
