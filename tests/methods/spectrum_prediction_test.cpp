// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/spectrum_prediction.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/core/weights.h"
#include "tacit/dsp/spectrum.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

SpectrumPrediction make(const SpectrumPredictionConfig& config) {
  return {config, {Waves(1).spec(), small_encoder(Rng(1)), Rng(2)}};
}

TEST(SpectrumPrediction, LossIsTheErrorAgainstTheCleanSpectrumStandardisedOverTheBatch) {
  SpectrumPrediction method = make({.bands = 8, .hidden = 0});
  auto w = weights(method);
  w["head.weight"].zero_();
  const Tensor guess = at::linspace(-1, 1, 3 * 10);
  w["head.bias"] = guess;
  set_weights(method, w);
  const Batch batch = Waves(12).all();
  const Tensor spectrum = log_band_spectrum(batch.x, 25, 8, 12);
  const Tensor target =
      (spectrum - spectrum.mean(0)) / (spectrum.var(0, /*unbiased=*/false) + 1e-4).sqrt();
  EXPECT_NEAR(loss_of(method, batch, 1).total.item<double>(),
              (target - guess).square().mean().item<double>(), 1e-5);
}

TEST(SpectrumPrediction, AConstantGuessCostsAboutOneAndALoneRowNothing) {
  SpectrumPrediction method = make({.hidden = 0});
  auto w = weights(method);
  w["head.weight"].zero_();
  set_weights(method, w);
  EXPECT_NEAR(loss_of(method, Waves(64).all(), 1).total.item<double>(), 1, 0.1);
  EXPECT_NEAR(loss_of(method, Waves(1).all(), 1).total.item<double>(), 0, 1e-6);
}

TEST(SpectrumPrediction, SeesTheWindowDisturbed) {
  const SpectrumPredictionConfig still{.hidden = 16,
                                       .rotation = {.max_angle = 0},
                                       .scale = {.sigma = 0},
                                       .jitter = {.sigma = 0},
                                       .mask = {.share = 0}};
  SpectrumPrediction undisturbed = make(still);
  const Batch batch = Waves(6).all();
  const double clean = loss_of(undisturbed, batch, 1).total.item<double>();
  EXPECT_NEAR(loss_of(undisturbed, batch, 2).total.item<double>(), clean, 1e-6);
  std::vector<SpectrumPredictionConfig> disturbed(4, still);
  disturbed[0].rotation.max_angle = 30, disturbed[1].scale.sigma = 0.3;
  disturbed[2].jitter.sigma = 0.3, disturbed[3].mask.share = 0.3;
  for (const SpectrumPredictionConfig& config : disturbed) {
    SpectrumPrediction method = make(config);
    EXPECT_NE(loss_of(method, batch, 1).total.item<double>(), clean) << write_config(config).dump();
  }
}

TEST(SpectrumPrediction, RefusesMoreBandsThanFrequencies) {
  EXPECT_THROW(make({.bands = 40}), ConfigError);
}

}  // namespace
}  // namespace tacit
