// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/mel_spectrum.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <vector>

namespace tacit {
namespace {

double to_mel(double hz) { return 2595 * std::log10(1 + hz / 700); }
double to_hz(double mel) { return 700 * (std::pow(10, mel / 2595) - 1); }

/// Frequencies of a spectrum: of the power of two that a window fits into.
int64_t frequencies(int64_t window) {
  return static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(window))) / 2 + 1;
}

Tensor windowed_waves(int64_t window) {
  const int64_t count = frequencies(window);
  Tensor waves = at::zeros({2 * count, 1, window});
  auto* const out = waves.mutable_data_ptr<float>();
  for (int64_t frequency = 0; frequency < count; ++frequency)
    for (int64_t step = 0; step < window; ++step) {
      const double angle =
          std::numbers::pi * static_cast<double>(frequency * step) / static_cast<double>(count - 1);
      const double taper = 0.54 - 0.46 * std::cos(2 * std::numbers::pi * static_cast<double>(step) /
                                                  static_cast<double>(window - 1));
      const double scale = taper / std::sqrt(static_cast<double>(window));
      out[frequency * window + step] = static_cast<float>(scale * std::cos(angle));
      out[(count + frequency) * window + step] = static_cast<float>(scale * std::sin(angle));
    }
  return waves;
}

/// [bands, 2 B], the same for cosines and sines. A band narrower than the frequencies lie apart has
/// the nearest one.
Tensor mel_triangles(int64_t bands, int64_t count, double rate_hz) {
  const Tensor triangles = at::zeros({bands, 2 * count});
  auto* const out = triangles.mutable_data_ptr<float>();
  const double top = to_mel(rate_hz / 2), step_hz = rate_hz / 2 / static_cast<double>(count - 1);
  const auto corner = [&](int64_t index) {
    return to_hz(top * static_cast<double>(index) / static_cast<double>(bands + 1));
  };
  for (int64_t band = 0; band < bands; ++band) {
    const double low = corner(band), middle = corner(band + 1), high = corner(band + 2);
    std::vector<double> weights(static_cast<size_t>(count));
    double sum = 0;
    for (int64_t i = 0; i < count; ++i) {
      const double hz = step_hz * static_cast<double>(i);
      const double height =
          hz <= middle ? (hz - low) / (middle - low) : (high - hz) / (high - middle);
      sum += weights[static_cast<size_t>(i)] = std::max(0.0, height);
    }
    if (sum == 0) {
      const auto nearest = static_cast<size_t>(std::llround(middle / step_hz));
      sum = weights[std::min(nearest, weights.size() - 1)] = 1;
    }
    for (int64_t i = 0; i < count; ++i) {
      const auto weight = static_cast<float>(weights[static_cast<size_t>(i)] / sum);
      out[band * 2 * count + i] = out[band * 2 * count + count + i] = weight;
    }
  }
  return triangles;
}

}  // namespace

MelSpectrum::MelSpectrum(const MelSpectrumConfig& config, const Spec& spec)
    : config_(config), channels_(spec.shape.at(0)), samples_(spec.shape.at(1)) {
  require<ConfigError>(config.bands > 0, "a mel spectrum has one band or more, not {}",
                       config.bands);
  require<ConfigError>(spec.rate_hz > 0,
                       "encoder.mel: these signals have no rate, so nothing is known of their "
                       "frequencies; set encoder.mel.bands = 0");
  waves_ = register_buffer("waves", windowed_waves(config.window));
  triangles_ = register_buffer(
      "triangles", mel_triangles(config.bands, frequencies(config.window), spec.rate_hz));
}

Tensor MelSpectrum::forward(const Tensor& x) const {
  const Tensor spectrum = at::conv1d(x.flatten(0, 1).unsqueeze(1), waves_, {}, config_.hop);
  const Tensor power = at::matmul(triangles_, spectrum.square());  // [N C, bands, S]
  return (power + config_.floor).log().unflatten(0, {x.size(0), channels_}).flatten(1, 2);
}

onnx::Value MelSpectrum::emit(onnx::Graph& graph, const onnx::Value& x) const {
  const onnx::Value each =
      channels_ == 1 ? x : graph.add("Reshape", {x, onnx::Ints{-1, 1, samples_}});
  const onnx::Value spectrum =
      graph.add("Conv", {each, waves_}, {{"strides", onnx::Ints{config_.hop}}});
  const onnx::Value power =
      graph.add("MatMul", {triangles_, graph.add("Mul", {spectrum, spectrum})});
  const onnx::Value bands = graph.add("Log", {graph.add("Add", {power, config_.floor})});
  if (channels_ == 1) return bands;
  return graph.add("Reshape", {bands, onnx::Ints{-1, channels(), frame_count(samples_)}});
}

}  // namespace tacit
