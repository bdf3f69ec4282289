// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tacit/core/rng.h"
#include "tacit/transforms/transform.h"

namespace tacit {

/// [rows, channels, height, width] float, uniform in 0 … 1, the same at each call.
inline at::Tensor random_images(int64_t rows, int64_t channels, int64_t height, int64_t width) {
  const at::Tensor x = at::empty({rows, channels, height, width}, at::kFloat);
  Rng rng(5);
  for (int64_t i = 0; i < x.numel(); ++i)
    x.mutable_data_ptr<float>()[i] = static_cast<float>(rng.uniform());
  return x;
}

inline at::Tensor run(const Transform& step, const at::Tensor& x, uint64_t seed = 1) {
  Rng rng(seed);
  return step(x, rng);
}

inline double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

/// Whether the values look like draws from low … high, all alike: the largest distance between the
/// two distributions stays below what chance exceeds once in 100 000 (Kolmogorov).
inline bool looks_uniform(std::vector<double> values, double low, double high) {
  std::sort(values.begin(), values.end());
  const auto count = static_cast<double>(values.size());
  double worst = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double expected = std::clamp((values[i] - low) / (high - low), 0.0, 1.0);
    worst = std::max({worst, std::abs(expected - static_cast<double>(i) / count),
                      std::abs(expected - static_cast<double>(i + 1) / count)});
  }
  return values.front() >= low && values.back() <= high && worst < 2.5 / std::sqrt(count);
}

}  // namespace tacit
