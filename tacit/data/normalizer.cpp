// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/normalizer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>

#include <algorithm>
#include <cmath>

#include "tacit/data/triads.h"

namespace tacit {
namespace {

constexpr size_t kChunkRows = 256;

/// Count, mean and sum of squared deviations of one channel, merged chunk by chunk (Chan, Golub and
/// LeVeque 1979). Plain loops in a fixed order, so that the threads in use do not matter.
struct Moments {
  double count = 0, mean = 0, squares = 0;

  void merge(const Moments& other) {
    const double total = count + other.count, difference = other.mean - mean;
    mean += difference * other.count / total;
    squares += other.squares + difference * difference * count * other.count / total;
    count = total;
  }
};

/// x: [N, C, T] contiguous.
Moments moments_of(const Tensor& x, int64_t channel) {
  const int64_t rows = x.size(0), channels = x.size(1), steps = x.size(2);
  const float* const data = x.const_data_ptr<float>();
  const auto each = [&](const auto& visit) {
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t step = 0; step < steps; ++step)
        visit(static_cast<double>(data[(row * channels + channel) * steps + step]));
  };
  Moments moments{.count = static_cast<double>(rows * steps)};
  each([&](double value) { moments.mean += value; });
  moments.mean /= moments.count;
  each([&](double value) { moments.squares += (value - moments.mean) * (value - moments.mean); });
  return moments;
}

/// Float rounding of a constant must not pass for variation.
float scale_of(const Moments& moments) {
  const double deviation = std::sqrt(moments.squares / moments.count);
  return deviation > 1e-7 * std::abs(moments.mean) ? static_cast<float>(deviation) : 1.0F;
}

/// Gives the axes of each sensor the root mean square of their scales.
void share_scales(const Tensor& scale, const std::vector<std::string>& channels) {
  for (const auto& [x, y, z] : find_triads(channels)) {
    const Tensor shared = (scale[x].square() + scale[y].square() + scale[z].square()).div(3).sqrt();
    for (const int64_t axis : {x, y, z}) scale[axis].copy_(shared);
  }
}

}  // namespace

Normalizer Normalizer::fit(Normalization kind, const Dataset& data, std::span<const int64_t> rows) {
  require<DataError>(!rows.empty(), "normaliser: there are no rows to fit on");
  const int64_t channels = data.spec().shape.at(0);
  std::vector<Moments> moments(static_cast<size_t>(channels));
  for (size_t begin = 0; begin < rows.size(); begin += kChunkRows) {
    const auto chunk = rows.subspan(begin, std::min(kChunkRows, rows.size() - begin));
    const Tensor x = data.read(chunk).x.contiguous();
    for (int64_t channel = 0; channel < channels; ++channel) {
      const Moments part = moments_of(x, channel);
      require<DataError>(
          std::isfinite(part.squares),
          "normaliser: channel {} holds a value that is not finite in rows {} … {}",
          data.spec().channels.empty() ? std::to_string(channel) : data.spec().channels.at(channel),
          chunk.front(), chunk.back());
      moments[static_cast<size_t>(channel)].merge(part);
    }
  }
  Normalizer fitted{at::empty({channels}, at::kFloat), at::empty({channels}, at::kFloat)};
  for (int64_t channel = 0; channel < channels; ++channel) {
    const Moments& of = moments[static_cast<size_t>(channel)];
    const bool scaled = kind != Normalization::none;
    fitted.mean.mutable_data_ptr<float>()[channel] = scaled ? static_cast<float>(of.mean) : 0.0F;
    fitted.scale.mutable_data_ptr<float>()[channel] = scaled ? scale_of(of) : 1.0F;
  }
  if (kind == Normalization::sensor) share_scales(fitted.scale, data.spec().channels);
  return fitted;
}

Normalizer Normalizer::between(double low, double high, int64_t channels) {
  return {at::full({channels}, (low + high) / 2, at::kFloat),
          at::full({channels}, (high - low) / 2, at::kFloat)};
}

Tensor Normalizer::apply(const Tensor& x) const {
  require<ShapeError>(x.dim() >= 3 && x.size(1) == mean.size(0),
                      "normaliser: expected [N, {}, *], got {}", mean.size(0), x.sizes());
  std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
  shape[1] = -1;
  const auto spread = [&](const Tensor& values) { return values.to(x.device()).view(shape); };
  return x.sub(spread(mean)).div(spread(scale));
}

}  // namespace tacit
