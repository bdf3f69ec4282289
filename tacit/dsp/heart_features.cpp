// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/heart_features.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/fft_rfft.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "tacit/core/error.h"
#include "tacit/dsp/heart_beats.h"
#include "tacit/dsp/heart_rhythm.h"
#include "tacit/dsp/heart_shape.h"
#include "tacit/dsp/list_statistics.h"

namespace tacit {
namespace {

using Values = std::vector<double>;

constexpr std::array<std::array<double, 2>, 6> kBands = {
    {{0, 1}, {1, 5}, {5, 15}, {15, 40}, {40, 1e9}, {4, 10}}};  // Hz

std::vector<std::string> own_names() {
  return {"std",
          "largest",
          "difference",
          "skewness",
          "kurtosis",
          "flat",
          "power_below_1hz",
          "power_1_5hz",
          "power_5_15hz",
          "power_15_40hz",
          "power_above_40hz",
          "power_4_10hz",
          "spectral_entropy"};
}

/// Of the samples themselves.
Values level(std::span<const float> ecg) {
  const Values x(ecg.begin(), ecg.end());
  const double middle = mean(x), spread = deviation(x), centre = median(x);
  double third = 0, fourth = 0, step = 0, flat = 0, largest = 0;
  for (size_t t = 0; t < x.size(); ++t) {
    const double d = (x[t] - middle) / spread, before = t > 0 ? x[t - 1] : x[t];
    third += d * d * d, fourth += d * d * d * d;
    largest = std::max(largest, std::abs(x[t] - centre));
    step += std::abs(x[t] - before);
    flat += t > 0 && x[t] == before;
  }
  const auto n = static_cast<double>(x.size());
  return {spread,     largest,       step / spread / (n - 1), std::abs(third) / n,
          fourth / n, flat / (n - 1)};
}

/// Shares of the power in each band, and how evenly it lies.
Values power(const Tensor& x, double rate_hz) {
  const Tensor spectrum =
      at::fft_rfft(x.to(at::kDouble) - x.mean(at::kDouble)).abs().square().contiguous();
  const double* const p = spectrum.const_data_ptr<double>();
  const int64_t size = spectrum.numel();
  double total = 0, entropy = 0;
  std::array<double, kBands.size()> band{};
  for (int64_t k = 1; k < size; ++k) total += p[k];
  for (int64_t k = 1; k < size; ++k) {
    const double hz = static_cast<double>(k) * rate_hz / static_cast<double>(x.numel());
    const double part = p[k] / total;
    for (size_t b = 0; b < band.size(); ++b)
      if (hz >= kBands[b][0] && hz < kBands[b][1]) band[b] += part;
    if (part > 0) entropy -= part * std::log(part);
  }
  Values result(band.begin(), band.end());
  result.push_back(entropy / std::log(static_cast<double>(size - 1)));
  return result;
}

/// x: [T] float32, contiguous.
Values features_of(const Tensor& x, double rate_hz) {
  const std::span<const float> ecg(x.const_data_ptr<float>(), static_cast<size_t>(x.numel()));
  const HeartBeats beats = find_beats(ecg, rate_hz);
  Values result = heart_rhythm(beats.seconds, static_cast<double>(ecg.size()) / rate_hz);
  if (std::ranges::count(ecg, ecg.front()) == std::ssize(ecg)) {
    result.resize(heart_feature_names({""}).size(), 0);  // without what rounding would say
    return result;
  }
  for (const Values& part : {heart_shape(ecg, rate_hz, beats), level(ecg), power(x, rate_hz)})
    result.insert(result.end(), part.begin(), part.end());
  for (double& value : result)
    if (!std::isfinite(value)) value = 0;
  return result;
}

}  // namespace

Tensor heart_features(const Tensor& x, double rate_hz) {
  require<ShapeError>(x.dim() == 3 && x.size(1) >= 1 && x.size(2) >= 4,
                      "heart_features needs x [N, C, T] with T >= 4, got {}", x.sizes());
  find_beats({}, rate_hz);  // throws where the rate is too low
  const Tensor signals = x.to(at::kCPU, at::kFloat).flatten(0, 1).contiguous();  // [N · C, T]
  const auto width = static_cast<int64_t>(heart_feature_names({""}).size());
  Tensor result = at::empty({signals.size(0), width}, at::kFloat);
  float* const out = result.mutable_data_ptr<float>();
  at::parallel_for(0, signals.size(0), 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const Values values = features_of(signals[row], rate_hz);
      for (int64_t f = 0; f < width; ++f)
        out[row * width + f] = static_cast<float>(values[static_cast<size_t>(f)]);
    }
  });
  return result.view({x.size(0), x.size(1) * width});
}

std::vector<std::string> heart_feature_names(const std::vector<std::string>& channels) {
  std::vector<std::string> result;
  for (const std::string& channel : channels)
    for (const auto& part : {heart_rhythm_names(), heart_shape_names(), own_names()})
      for (const std::string& name : part) result.push_back(name + " " + channel);
  return result;
}

}  // namespace tacit
