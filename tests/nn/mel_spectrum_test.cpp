// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/mel_spectrum.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tacit/core/weights.h"
#include "tacit/export/onnx_runtime.h"
#include "tacit/nn/cpc_encoder.h"
#include "tacit/onnx/model.h"
#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const Spec kSound{Modality::signal, {1, 1000}, 8000, {"sound"}};

Tensor tone(double hz, int64_t samples = 1000) {
  const Tensor t = at::arange(samples, at::kDouble) / 8000;
  return (2 * std::numbers::pi * hz * t).sin().to(at::kFloat).view({1, 1, samples});
}

TEST(MelSpectrum, IsTheLogarithmOfSummedPowerOfWindowedSpectra) {
  const MelSpectrum mel({.bands = 12, .window = 200, .hop = 80, .floor = 0.5}, kSound);
  const Tensor x = numbers({2, 1, 1000}, 1), got = mel.forward(x);
  ASSERT_EQ(got.sizes(), (std::vector<int64_t>{2, 12, 11}));
  const Tensor hamming = at::hamming_window(200, /*periodic=*/false, 0.54, 0.46);
  const Tensor triangles = weights(mel).at("triangles").slice(1, 0, 129);
  for (int64_t row = 0; row < 2; ++row)
    for (int64_t frame = 0; frame < 11; ++frame) {
      const Tensor piece = x[row][0].slice(0, 80 * frame, 80 * frame + 200) * hamming;
      const Tensor power = at::fft_rfft(piece, 256).abs().square() / 200;
      const Tensor wanted = (triangles.mv(power) + 0.5).log();
      EXPECT_TRUE(got[row].select(1, frame).allclose(wanted, 1e-4, 1e-4));
    }
}

TEST(MelSpectrum, HasTrianglesWithCornersEquallyFarApartOnTheMelScale) {
  const MelSpectrum mel({.bands = 20}, kSound);
  const Tensor triangles = weights(mel).at("triangles").slice(1, 0, 129);  // of 31.25 Hz steps
  EXPECT_TRUE(triangles.sum(1).allclose(at::ones({20}), 1e-5, 1e-5));
  const double top = 2595 * std::log10(1 + 4000.0 / 700);
  for (int64_t band = 0; band < 20; ++band) {
    const double middle = 700 * (std::pow(10, top * static_cast<double>(band + 1) / 21 / 2595) - 1);
    EXPECT_NEAR(31.25 * triangles[band].argmax().item<double>(), middle, 32) << band;
  }
}

TEST(MelSpectrum, HearsATonesHeight) {
  const MelSpectrum mel({.bands = 20}, kSound);
  int64_t last = -1;
  for (const double hz : {200.0, 500.0, 1000.0, 2000.0, 3500.0}) {
    const int64_t band = mel.forward(tone(hz)).mean(2).argmax(1).item<int64_t>();
    EXPECT_GT(band, last) << hz;
    last = band;
  }
}

TEST(MelSpectrum, KeepsChannelsApart) {
  const Spec stereo{Modality::signal, {2, 1000}, 8000, {"left", "right"}};
  const MelSpectrum one({.bands = 6}, kSound), both({.bands = 6}, stereo);
  const Tensor x = numbers({3, 2, 1000}, 1), got = both.forward(x);
  ASSERT_EQ(both.channels(), 12);
  EXPECT_TRUE(got.slice(1, 0, 6).allclose(one.forward(x.slice(1, 0, 1))));
  EXPECT_TRUE(got.slice(1, 6).allclose(one.forward(x.slice(1, 1))));
}

TEST(MelSpectrum, GivesEveryBandSomethingHoweverNarrow) {
  const MelSpectrum mel({.bands = 200, .window = 100, .hop = 50}, kSound);
  EXPECT_TRUE(weights(mel).at("triangles").sum(1).gt(0).all().item<bool>());
}

TEST(MelSpectrum, RefusesSignalsWithoutARate) {
  Spec spec = kSound;
  spec.rate_hz = 0;
  EXPECT_NE(message_of<ConfigError>([&] { MelSpectrum({.bands = 4}, spec); }).find("no rate"),
            std::string::npos);
}

TEST(MelSpectrum, ComputesTheSameInOnnxWithinAnEncoder) {
  const OnnxRuntime runtime;
  for (const int64_t channels : {1, 2}) {
    const Spec spec{Modality::signal, {channels, 1000}, 8000, {}};
    CpcEncoder encoder({.mel = {.bands = 8},
                        .filters = {6},
                        .kernels = {3},
                        .strides = {1},
                        .context = {.context_width = 5}},
                       spec, Rng(1));
    EXPECT_EQ(encoder.frame_count(1000), 9);
    EXPECT_EQ(encoder.sample_count(9), 200 + 10 * 80);
    EXPECT_EQ(encoder.frame_count(encoder.sample_count(4) - 1), 3);
    encoder.eval();
    onnx::Graph graph("test");
    const onnx::Value x = graph.input("x", {channels, 1000});
    graph.output("y", encoder.emit(graph, x), {encoder.features()});
    const OnnxSession session(runtime, onnx::write_model(graph));
    const Tensor rows = numbers({4, channels, 1000}, 2);
    const Tensor got = session.run({{"x", rows}}, {"y"}).at(0);
    EXPECT_TRUE(got.allclose(encoder.forward(rows), 1e-4, 1e-4));
  }
}

}  // namespace
}  // namespace tacit
