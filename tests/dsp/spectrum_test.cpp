// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/spectrum.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr double kRate = 50;

TEST(LogBandSpectrum, ASineFillsItsOwnBandOnly) {
  // 100 samples at 50 Hz: lines of 0.5 Hz; 24 lines up to 12 Hz in 12 bands of two. 5 Hz is
  // line 10.
  const Tensor t = at::arange(100, at::kDouble) / kRate;
  const Tensor x = (2 * std::numbers::pi * 5 * t).sin().mul(3).add(7).view({1, 1, 100});
  const Tensor y = log_band_spectrum(x, kRate, 12, 12);  // [1, 14]
  ASSERT_EQ(y.sizes(), (std::vector<int64_t>{1, 14}));
  for (int64_t band = 0; band < 12; ++band) {
    // |DFT| at the sine's line is amplitude * T / 2, halved by the mean over two lines, over
    // sqrt(T).
    const double amplitude = band == 4 ? 3 * 100 / 2.0 / 2 / 10 : 0;
    EXPECT_NEAR(y[0][band].item<double>(), std::log(amplitude + 0.02), 1e-6) << band;
  }
  EXPECT_NEAR(y[0][12].item<double>(), 7, 1e-9);
  EXPECT_NEAR(y[0][13].item<double>(), std::log(3 / std::numbers::sqrt2 + 0.02), 1e-6);
}

TEST(LogBandSpectrum, DoesNotKnowWhenThingsHappen) {
  const Tensor x = at::randn({4, 3, 128});
  const Tensor shifted = x.roll(17, 2);
  EXPECT_TRUE(log_band_spectrum(x, kRate, 16, 12)
                  .allclose(log_band_spectrum(shifted, kRate, 16, 12), 1e-4, 1e-4));
}

TEST(LogBandSpectrum, RefusesMoreBandsThanFrequencies) {
  EXPECT_THROW(log_band_spectrum(at::randn({1, 1, 20}), kRate, 16, 12), ConfigError);
  EXPECT_THROW(log_band_spectrum(at::randn({1, 20}), kRate, 4, 12), ShapeError);
}

}  // namespace
}  // namespace tacit
