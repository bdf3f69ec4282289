// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/heart_prediction.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/core/weights.h"
#include "tacit/dsp/heart_features.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

constexpr double kRate = 100;

HeartPrediction make(const HeartPredictionConfig& config) {
  return {config, {Waves(1, 1, kRate).spec(), small_encoder(Rng(1)), Rng(2)}};
}

/// A method whose head always says `guess`.
HeartPrediction guessing(HeartPredictionConfig config, const Tensor& guess) {
  config.hidden = 0;
  HeartPrediction method = make(config);
  auto w = weights(method);
  w["head.weight"].zero_();
  w["head.bias"] = guess;
  set_weights(method, w);
  return method;
}

TEST(HeartPrediction, LossIsTheErrorAgainstFeaturesOfTheCleanWindowCutOff) {
  const Batch batch = Waves(12).all();
  const Tensor known = heart_features(batch.x, kRate);
  const Tensor guess = at::linspace(-1, 1, known.size(1));
  HeartPrediction method = guessing({.most = 1.5}, guess);
  const Tensor target =
      ((known - known.mean(0)) / (known.var(0, /*unbiased=*/false) + 1e-4).sqrt()).clamp(-1.5, 1.5);
  EXPECT_EQ(target.abs().max().item<double>(), 1.5);
  EXPECT_NEAR(loss_of(method, batch, 1).total.item<double>(),
              (target - guess).square().mean().item<double>(), 1e-4);
}

TEST(HeartPrediction, SeesTheWindowDisturbed) {
  const HeartPredictionConfig still{.hidden = 16,
                                    .negate = 0,
                                    .scale = {.sigma = 0},
                                    .jitter = {.sigma = 0},
                                    .mask = {.share = 0}};
  const Batch batch = Waves(6).all();
  HeartPrediction undisturbed = make(still);
  const double clean = loss_of(undisturbed, batch, 1).total.item<double>();
  EXPECT_NEAR(loss_of(undisturbed, batch, 2).total.item<double>(), clean, 1e-6);
  std::vector<HeartPredictionConfig> disturbed(4, still);
  disturbed[0].scale.sigma = 0.3, disturbed[1].jitter.sigma = 0.3, disturbed[2].mask.share = 0.3;
  disturbed[3].negate = 1;
  for (const HeartPredictionConfig& config : disturbed) {
    HeartPrediction method = make(config);
    EXPECT_NE(loss_of(method, batch, 1).total.item<double>(), clean) << write_config(config).dump();
  }
}

TEST(HeartPrediction, RefusesWindowsInWhichNoBeatCanBeFound) {
  EXPECT_THROW(HeartPrediction({}, {Waves(1).spec(), small_encoder(Rng(1)), Rng(2)}), ConfigError);
}

}  // namespace
}  // namespace tacit
