// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/motion_features.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/fft_rfft.h>
#include <ATen/ops/lerp.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/triu_indices.h>

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kChunk = 512;  // rows in memory at a time, in double precision
constexpr std::array<int, 4> kPercentiles = {10, 25, 75, 90};

/// sorted: [n, C, T] -> [n, C].
Tensor percentile(const Tensor& sorted, int percent) {
  const double place = percent / 100.0 * static_cast<double>(sorted.size(2) - 1);
  const auto below = static_cast<int64_t>(place);
  const int64_t next = std::min(below + 1, sorted.size(2) - 1);
  return at::lerp(sorted.select(2, below), sorted.select(2, next),
                  place - static_cast<double>(below));
}

/// centred: [n, C, T] with mean 0 -> [n, C (C - 1) / 2].
Tensor correlations(const Tensor& centred) {
  const Tensor norm = centred.norm(2, {2}, /*keepdim=*/true);  // [n, C, 1]
  const Tensor all = centred.bmm(centred.transpose(1, 2)) / (norm * norm.transpose(1, 2));
  const int64_t c = centred.size(1);
  const Tensor pair = at::triu_indices(c, c, 1, at::kLong);       // [2, pairs]
  const Tensor cell = pair.select(0, 0) * c + pair.select(0, 1);  // [pairs]
  return all.flatten(1).index_select(1, cell).clamp(-1, 1);
}

/// x: [n, C, T] double -> [n, F].
Tensor chunk_features(const Tensor& x, std::span<const Triad> triads) {
  const Tensor mean = x.mean(2), centred = x - mean.unsqueeze(2);
  std::vector<Tensor> parts = {mean, x.std(2, /*unbiased=*/false), x.amin(2), x.amax(2),
                               x.diff(1, 2).abs().mean(2)};
  const Tensor sorted = std::get<0>(x.sort(2));
  for (const int percent : kPercentiles) parts.push_back(percentile(sorted, percent));
  for (const auto& [first, second, third] : triads) {
    const Tensor norm =
        at::stack({x.select(1, first), x.select(1, second), x.select(1, third)}, 1).norm(2, {1});
    parts.push_back(norm.mean(1, /*keepdim=*/true));
    parts.push_back(norm.std(1, /*unbiased=*/false).unsqueeze(1));
  }
  const Tensor spectrum = at::fft_rfft(centred).abs().narrow(2, 1, x.size(2) / 2);  // [n, C, T/2]
  const auto [peak, place] = spectrum.max(2);
  parts.push_back(place.to(at::kDouble));
  parts.push_back(peak / (spectrum.sum(2) + 1e-9));
  parts.push_back(correlations(centred));
  return at::cat(parts, 1).nan_to_num();
}

}  // namespace

Tensor motion_features(const Tensor& x, std::span<const Triad> triads) {
  require<ShapeError>(x.dim() == 3 && x.size(1) >= 1 && x.size(2) >= 2,
                      "motion_features needs x [N, C, T] with T >= 2, got {}", x.sizes());
  for (const Triad& triad : triads)
    for (const int64_t channel : triad)
      require<ShapeError>(channel >= 0 && channel < x.size(1),
                          "a triad names channel {} but x has {} channels", channel, x.size(1));
  const int64_t n = x.size(0), c = x.size(1), pairs = c * (c - 1) / 2;
  const int64_t width =
      (7 + static_cast<int64_t>(kPercentiles.size())) * c + 2 * std::ssize(triads) + pairs;
  Tensor result = at::empty({n, width}, x.options().dtype(at::kFloat));
  for (int64_t begin = 0; begin < n; begin += kChunk) {
    const int64_t count = std::min(kChunk, n - begin);
    const Tensor chunk = x.narrow(0, begin, count).to(at::kDouble);
    result.narrow(0, begin, count).copy_(chunk_features(chunk, triads));
  }
  return result;
}

std::vector<std::string> motion_feature_names(const std::vector<std::string>& channels,
                                              std::span<const Triad> triads) {
  std::vector<std::string> result;
  const auto each = [&](const std::string& what) {
    for (const std::string& channel : channels) result.push_back(what + " " + channel);
  };
  for (const char* what : {"mean", "std", "min", "max", "mean_abs_difference"}) each(what);
  for (const int percent : kPercentiles) each(text("percentile_{}", percent));
  for (const auto& [first, second, third] : triads) {
    const auto name = [&](int64_t channel) { return channels.at(static_cast<size_t>(channel)); };
    const std::string axes = join({name(first), name(second), name(third)}, ",");
    result.push_back("norm_mean " + axes);
    result.push_back("norm_std " + axes);
  }
  each("spectral_peak");
  each("spectral_peak_share");
  for (size_t i = 0; i < channels.size(); ++i)
    for (size_t j = i + 1; j < channels.size(); ++j)
      result.push_back("correlation " + channels[i] + "," + channels[j]);
  return result;
}

}  // namespace tacit
