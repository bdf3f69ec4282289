// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/image_colour.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/remainder.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tacit/transforms/image_rows.h"

namespace tacit {
namespace {

void require_colours(const Tensor& x, std::string_view name) {
  require_images(x, name);
  require<ShapeError>(x.size(1) == 1 || x.size(1) == 3,
                      "{}: images must have 1 channel, grey, or 3, colours, but they have {}", name,
                      x.size(1));
}

void require_ordered(double low, double high, std::string_view name) {
  require<ConfigError>(low < high, "{}: low = {} must be less than high = {}", name, low, high);
}

/// [M, C, H, W] -> [M, 1, H, W].
Tensor luma(const Tensor& x) {
  if (x.size(1) == 1) return x;
  return 0.299 * x.narrow(1, 0, 1) + 0.587 * x.narrow(1, 1, 1) + 0.114 * x.narrow(1, 2, 1);
}

/// [M, 1, 1, 1]. First along lines, then over them: a sum over an image as a whole may be shared
/// out among threads, and its last bits with it.
Tensor mean_luma(const Tensor& x) { return luma(x).mean({3}, true).mean({2}, true); }

/// The hue of x [M, 3, H, W] shifted by turns [M, 1, 1, 1], as in HSV: largest and smallest channel
/// keep their values, and so does the place of the third between them.
Tensor shift_hue(const Tensor& x, const Tensor& turns) {
  const Tensor red = x.narrow(1, 0, 1), green = x.narrow(1, 1, 1), blue = x.narrow(1, 2, 1);
  const Tensor largest = x.amax({1}, true), chroma = largest - x.amin({1}, true);
  const Tensor unit = chroma.clamp_min(std::numeric_limits<float>::min());  // grey has no hue
  const Tensor hue =                                                        // in sixths of a turn
      at::where(red == largest, (green - blue) / unit,
                at::where(green == largest, (blue - red) / unit + 2, (red - green) / unit + 4));
  const Tensor primary = at::arange(5, 0, -2, x.options()).view({1, 3, 1, 1});
  const Tensor place = at::remainder(primary + (hue + 6 * turns), 6);
  return largest - chroma * at::minimum(place, 4 - place).clamp(0, 1);
}

/// Half of each row's kernel, from its middle, and a zero: [M, radius + 2] float.
/// sigma: [M, 1] double on the CPU.
Tensor half_kernels(const Tensor& sigma, int64_t radius) {
  const Tensor half = at::zeros({sigma.size(0), radius + 2}, at::kFloat);
  std::vector<double> weights(static_cast<size_t>(radius) + 1);
  for (int64_t row = 0; row < sigma.size(0); ++row) {
    double sum = 0;
    for (size_t away = 0; away < weights.size(); ++away) {
      const double z = static_cast<double>(away) / sigma.const_data_ptr<double>()[row];
      weights[away] = std::exp(-z * z / 2);
      sum += away == 0 ? 1 : 2 * weights[away];
    }
    float* out = half.mutable_data_ptr<float>() + row * (radius + 2);
    for (const double weight : weights) *out++ = static_cast<float>(weight / sum);
  }
  return half;
}

/// What convolving with `half`, mirrored at the ends of a line of `size` pixels, is as a matrix:
/// [M, size, size].
Tensor blurring(const Tensor& half, int64_t size) {
  const int64_t beyond = half.size(1) - 1;  // the zero
  const Tensor to = at::arange(size).unsqueeze(1), from = at::arange(size).unsqueeze(0);
  const auto weights = [&](const Tensor& distance) {
    const Tensor which = distance.clamp_max(beyond).flatten().to(half.device());
    return half.index_select(1, which).view({-1, size, size});
  };
  const Tensor none = at::full_like(to + from, beyond);
  const Tensor left = at::where(from == 0, none, from + to);  // the outermost pixel has no mirror
  const Tensor right = at::where(from == size - 1, none, 2 * (size - 1) - from - to);
  return weights((from - to).abs()) + weights(left) + weights(right);
}

}  // namespace

Transform colour_jitter(const ColourJitterConfig& config) {
  require_ordered(config.low, config.high, "colour_jitter");
  require<ConfigError>(config.strength * config.hue <= 0.5,
                       "colour_jitter: strength x hue = {} must be at most half a turn",
                       config.strength * config.hue);
  const auto draw = [config](Rng& row, std::span<double> out) {
    size_t i = 0;
    for (const double part : {config.brightness, config.contrast, config.saturation}) {
      const double reach = config.strength * part;
      out[i++] = row.uniform(std::max(0.0, 1 - reach), 1 + reach);
    }
    out[i] = config.strength * config.hue * row.uniform(-1, 1);
  };
  const auto change = [config](const Tensor& chosen, const Tensor& values) {
    const Tensor factors = values.to(chosen.options()).view({-1, 4, 1, 1, 1});
    const auto stretch = [&](const Tensor& x, int64_t which, const auto& from) {
      const Tensor factor = factors.select(1, which);
      return (factor * x + (1 - factor) * from).clamp(config.low, config.high);
    };
    Tensor x = stretch(chosen, 0, config.low);
    x = stretch(x, 1, mean_luma(x));
    if (x.size(1) == 1) return x;
    x = stretch(x, 2, luma(x));
    if (config.strength * config.hue == 0) return x;
    return shift_hue(x, factors.select(1, 3)).clamp(config.low, config.high);
  };
  return [config, draw, change](const Tensor& x, Rng& rng) {
    require_colours(x, "colour_jitter");
    return change_some(x, rng, config.probability, 4, draw, change);
  };
}

Transform grey(const GreyConfig& config) {
  return [config](const Tensor& x, Rng& rng) {
    require_colours(x, "grey");
    return change_some(
        x, rng, config.probability, 0, [](Rng&, std::span<double>) {},
        [](const Tensor& chosen, const Tensor&) { return luma(chosen).expand_as(chosen); });
  };
}

Transform colour_drop(const ColourDropConfig& config) {
  return [config](const Tensor& x, Rng& rng) {
    require_images(x, "colour_drop");
    const auto draw = [channels = x.size(1)](Rng& row, std::span<double> out) {
      out[0] = static_cast<double>(row.below(channels));
    };
    const auto change = [](const Tensor& chosen, const Tensor& values) {
      const Tensor left = values.to(chosen.device(), at::kLong).view({-1, 1, 1, 1});
      const Tensor where = left.expand({-1, 1, chosen.size(2), chosen.size(3)});
      return chosen.gather(1, where).expand_as(chosen);
    };
    return change_some(x, rng, config.probability, 1, draw, change);
  };
}

Transform gaussian_blur(const GaussianBlurConfig& config) {
  require<ConfigError>(config.sigma_low <= config.sigma_high,
                       "gaussian_blur: sigma_low = {} must not exceed sigma_high = {}",
                       config.sigma_low, config.sigma_high);
  const auto draw = [config](Rng& row, std::span<double> out) {
    out[0] = row.uniform(config.sigma_low, config.sigma_high);
  };
  const auto change = [config](const Tensor& chosen, const Tensor& sigma) {
    const int64_t height = chosen.size(2), width = chosen.size(3), side = std::min(height, width);
    const auto wanted = static_cast<int64_t>(config.kernel * static_cast<double>(side) / 2);
    const int64_t radius = std::min(std::max<int64_t>(wanted, 1), side - 1);
    const Tensor half = half_kernels(sigma, radius).to(chosen.device());
    const Tensor down = blurring(half, height).unsqueeze(1);  // [M, 1, H, H]
    const Tensor across = width == height ? down : blurring(half, width).unsqueeze(1);
    // Half precision would show in the image; a training step may have asked for it.
    const c10::impl::ExcludeDispatchKeyGuard exact(c10::autocast_dispatch_keyset);
    return down.matmul(chosen).matmul(across.transpose(2, 3));
  };
  return [config, draw, change](const Tensor& x, Rng& rng) {
    require_images(x, "gaussian_blur");
    return change_some(x, rng, config.probability, 1, draw, change);
  };
}

Transform solarise(const SolariseConfig& config) {
  require_ordered(config.low, config.high, "solarise");
  return [config](const Tensor& x, Rng& rng) {
    require_images(x, "solarise");
    const double threshold = config.low + config.threshold * (config.high - config.low);
    return change_some(
        x, rng, config.probability, 0, [](Rng&, std::span<double>) {},
        [&](const Tensor& chosen, const Tensor&) {
          const Tensor within = chosen.clamp(config.low, config.high);
          return at::where(within < threshold, within, (config.low + config.high) - within);
        });
  };
}

}  // namespace tacit
