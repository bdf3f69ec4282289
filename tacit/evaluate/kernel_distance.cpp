// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/kernel_distance.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <numeric>
#include <span>

#include "tacit/core/error.h"
#include "tacit/evaluate/frechet.h"

namespace tacit {
namespace {

constexpr int64_t kChunk = 1024;  // rows compared with all others at a time

/// Calls visit(begin, k of rows begin … of x with all rows of y: [n, M]). x: [N, D], y: [M, D].
template <class Visit>
void each_kernel(const Tensor& x, const Tensor& y, const Visit& visit) {
  for (int64_t begin = 0; begin < x.size(0); begin += kChunk) {
    const Tensor rows = x.narrow(0, begin, std::min(kChunk, x.size(0) - begin));
    visit(begin, (rows.mm(y.t()) / static_cast<double>(x.size(1)) + 1).pow(3));
  }
}

double mean_within(const Tensor& x) {
  double sum = 0;
  each_kernel(x, x, [&](int64_t begin, const Tensor& k) {
    k.diagonal(begin).zero_();  // a row with itself
    sum += k.sum().item<double>();
  });
  const auto rows = static_cast<double>(x.size(0));
  return sum / (rows * (rows - 1));
}

double mean_between(const Tensor& x, const Tensor& y) {
  double sum = 0;
  each_kernel(x, y, [&](int64_t, const Tensor& k) { sum += k.sum().item<double>(); });
  return sum / (static_cast<double>(x.size(0)) * static_cast<double>(y.size(0)));
}

/// x, y: [N, D], [M, D] double on one device.
double squared_mmd(const Tensor& x, const Tensor& y) {
  return mean_within(x) + mean_within(y) - 2 * mean_between(x, y);
}

/// `size` different rows of x.
Tensor draw(const Tensor& x, int64_t size, Rng rng) {
  Tensor order = at::empty({x.size(0)}, at::kLong);
  const std::span rows(order.mutable_data_ptr<int64_t>(), static_cast<size_t>(x.size(0)));
  std::iota(rows.begin(), rows.end(), 0);
  rng.shuffle(rows);
  return x.index_select(0, order.narrow(0, 0, size).to(x.device()));
}

}  // namespace

double polynomial_mmd(const Tensor& real, const Tensor& generated) {
  require_feature_sets(real, generated);
  return squared_mmd(real.to(generated.device(), at::kDouble), generated.to(at::kDouble));
}

KernelDistance kernel_distance(const Tensor& real, const Tensor& generated, const Rng& rng,
                               const KernelDistanceConfig& config) {
  require_feature_sets(real, generated);
  require<ConfigError>(config.subsets >= 1, "subsets must be at least 1, got {}", config.subsets);
  const int64_t rows = std::min(real.size(0), generated.size(0));
  const int64_t size = config.subset_size == 0 ? rows / config.subsets : config.subset_size;
  require<ConfigError>(size >= 2 && size <= rows,
                       "subsets of {} rows cannot be drawn: a subset has 2 rows at least and the "
                       "smaller set has {}; change subset_size or subsets",
                       size, rows);

  KernelDistance result;
  for (int64_t i = 0; i < config.subsets; ++i) {
    const Rng subset = rng.stream(static_cast<uint64_t>(i));
    const Tensor x = draw(real, size, subset.stream("real"));
    const Tensor y = draw(generated, size, subset.stream("generated"));
    result.values.push_back(squared_mmd(x.to(generated.device(), at::kDouble), y.to(at::kDouble)));
  }
  const Tensor values = at::tensor(result.values, at::kDouble);
  result.mean = values.mean().item<double>();
  result.std = values.std(/*unbiased=*/false).item<double>();
  return result;
}

void to_json(Json& json, const KernelDistance& value) {
  json = Json{{"mean", value.mean}, {"std", value.std}, {"values", value.values}};
}

}  // namespace tacit
