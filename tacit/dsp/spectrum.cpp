// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/spectrum.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/adaptive_avg_pool1d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/fft_rfft.h>
#include <ATen/ops/var_mean.h>

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr double kFloor = 0.02;

}  // namespace

Tensor log_band_spectrum(const Tensor& x, double rate_hz, int64_t bands, double max_hz) {
  require<ShapeError>(x.dim() == 3 && x.size(2) >= 2,
                      "log_band_spectrum: x must be [N, C, T] with T >= 2, not {}", x.sizes());
  const int64_t length = x.size(2);
  const int64_t lines =
      std::min(length / 2, static_cast<int64_t>(static_cast<double>(length) / rate_hz * max_hz));
  require<ConfigError>(
      lines >= bands,
      "{} samples at {} Hz have only {} frequencies up to {} Hz, fewer than {} bands; "
      "lower method.bands or use longer windows",
      length, rate_hz, lines, max_hz, bands);
  const auto [variance, mean] = at::var_mean(x, /*dim=*/{2}, /*correction=*/0);  // [N, C]
  const Tensor spectrum = at::abs(at::fft_rfft(x - mean.unsqueeze(2))).slice(2, 1, 1 + lines);
  const Tensor amplitude =
      at::adaptive_avg_pool1d(spectrum, bands) / std::sqrt(static_cast<double>(length));
  const Tensor bands_log = (amplitude + kFloor).log().flatten(1);
  return at::cat({bands_log, mean, (variance.sqrt() + kFloor).log()}, 1);
}

}  // namespace tacit
