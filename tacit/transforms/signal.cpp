// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/signal.h"

#include <ATen/ops/flip.h>
#include <ATen/ops/neg.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "tacit/transforms/rows.h"

namespace tacit {
namespace {

using Matrix = std::array<std::array<double, 3>, 3>;

/// Two independent standard normals from one draw (Box-Muller, both halves, 32 bits each). Single
/// precision: the noise of a whole batch is the slowest part of the eight transformations.
std::pair<float, float> normal_pair(Rng& rng) {
  const uint64_t bits = rng.bits();
  const float first = (static_cast<float>(bits >> 32) + 0.5F) * 0x1p-32F;
  const float second = static_cast<float>(bits & 0xFFFFFFFF) * 0x1p-32F;
  const float radius = std::sqrt(-2.0F * std::log(first));
  const float angle = 2.0F * std::numbers::pi_v<float> * second;
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

/// Rodrigues' formula.
Matrix rotation(std::array<double, 3> axis, double angle) {
  const auto [x, y, z] = axis;
  const double c = std::cos(angle), s = std::sin(angle), d = 1 - c;
  return {{{c + d * x * x, d * x * y - s * z, d * x * z + s * y},
           {d * x * y + s * z, c + d * y * y, d * y * z - s * x},
           {d * x * z - s * y, d * y * z + s * x, c + d * z * z}}};
}

Matrix random_rotation(double max_angle, Rng& rng) {
  std::array<double, 3> axis{};
  double length = 0;
  while (length < 1e-3) {  // too short to have a direction
    for (double& part : axis) part = rng.uniform(-1, 1);
    length = std::hypot(axis[0], axis[1], axis[2]);
  }
  for (double& part : axis) part /= length;
  const double limit = max_angle * std::numbers::pi / 180;
  return rotation(axis, rng.uniform(-limit, limit));
}

/// Where the segments between random cuts begin, and the end: 0, the distinct cuts, time.
std::vector<int64_t> random_borders(int64_t cuts, int64_t time, Rng& rng) {
  std::vector<int64_t> borders{0, time};
  for (int64_t cut = 0; cut < cuts; ++cut) borders.push_back(1 + rng.below(time - 1));
  std::sort(borders.begin(), borders.end());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
  return borders;
}

}  // namespace

Transform jitter(const JitterConfig& config) {
  return [config](const Tensor& x, Rng& rng) {
    require_signals(x, "jitter");
    return map_rows(x, rng, [&](Rng& row, const auto* in, auto* out, RowShape shape) {
      const auto sigma = static_cast<float>(config.sigma);
      const int64_t values = shape.channels * shape.time;
      for (int64_t i = 0; i < values; i += 2) {
        const auto [first, second] = normal_pair(row);
        out[i] = in[i] + sigma * first;
        if (i + 1 < values) out[i + 1] = in[i + 1] + sigma * second;
      }
    });
  };
}

Transform scale(const ScaleConfig& config) {
  return [config](const Tensor& x, Rng& rng) {
    require_signals(x, "scale");
    return map_rows(x, rng, [&](Rng& row, const auto* in, auto* out, RowShape shape) {
      for (int64_t channel = 0; channel < shape.channels; ++channel) {
        const auto factor = static_cast<std::decay_t<decltype(*in)>>(row.normal(1, config.sigma));
        for (int64_t t = 0; t < shape.time; ++t) *out++ = factor * *in++;
      }
    });
  };
}

Transform rotate(const RotationConfig& config) {
  return [config](const Tensor& x, Rng& rng) {
    require_signals(x, "rotate");
    require<ShapeError>(x.size(1) % 3 == 0,
                        "rotate: channels must come in triads (x, y, z), but there are {}",
                        x.size(1));
    return map_rows(x, rng, [&](Rng& row, const auto* in, auto* out, RowShape shape) {
      using Value = std::decay_t<decltype(*in)>;
      const Matrix turn = random_rotation(config.max_angle, row);
      for (int64_t channel = 0; channel < shape.channels; ++channel) {
        const auto* triad = in + channel / 3 * 3 * shape.time;
        const auto& weights = turn[static_cast<size_t>(channel % 3)];
        const auto a = static_cast<Value>(weights[0]), b = static_cast<Value>(weights[1]),
                   c = static_cast<Value>(weights[2]);
        for (int64_t t = 0; t < shape.time; ++t)
          *out++ = a * triad[t] + b * triad[shape.time + t] + c * triad[2 * shape.time + t];
      }
    });
  };
}

Transform negate() {
  return [](const Tensor& x, Rng&) {
    require_signals(x, "negate");
    return at::neg(x.detach()).contiguous();
  };
}

Transform time_flip() {
  return [](const Tensor& x, Rng&) {
    require_signals(x, "time_flip");
    return at::flip(x.detach(), {2}).contiguous();
  };
}

Transform permute(const PermutationConfig& config) {
  return [config](const Tensor& x, Rng& rng) {
    require_signals(x, "permute");
    if (config.cuts < 1 || x.size(2) < 2) return x.detach().clone(at::MemoryFormat::Contiguous);
    return map_rows(x, rng, [&](Rng& row, const auto* in, auto* out, RowShape shape) {
      const std::vector<int64_t> borders = random_borders(config.cuts, shape.time, row);
      const std::vector<int64_t> order = other_order(borders.size() - 1, row);
      for (int64_t channel = 0; channel < shape.channels; ++channel)
        for (const int64_t segment : order) {
          const auto* border = &borders[static_cast<size_t>(segment)];
          out = std::copy(in + channel * shape.time + border[0],
                          in + channel * shape.time + border[1], out);
        }
    });
  };
}

Transform channel_shuffle() {
  return [](const Tensor& x, Rng& rng) {
    require_signals(x, "channel_shuffle");
    require<ShapeError>(x.size(1) >= 2,
                        "channel_shuffle: needs 2 channels or more, but there are {}", x.size(1));
    const int64_t group = x.size(1) % 3 == 0 ? 3 : x.size(1);
    return map_rows(x, rng, [&](Rng& row, const auto* in, auto* out, RowShape shape) {
      const std::vector<int64_t> order = other_order(static_cast<size_t>(group), row);
      for (int64_t channel = 0; channel < shape.channels; ++channel) {
        const int64_t from = channel / group * group + order[static_cast<size_t>(channel % group)];
        out = std::copy_n(in + from * shape.time, shape.time, out);
      }
    });
  };
}

std::vector<NamedTransform> signal_transformations(const SignalTransformationsConfig& config) {
  return {{"jitter", jitter(config.jitter)},
          {"scale", scale(config.scale)},
          {"rotation", rotate(config.rotation)},
          {"negation", negate()},
          {"time_flip", time_flip()},
          {"permutation", permute(config.permutation)},
          {"time_warp", time_warp(config.time_warp)},
          {"channel_shuffle", channel_shuffle()}};
}

std::vector<NamedTransform> choose_transformations(const SignalTransformationsConfig& config,
                                                   const std::vector<std::string>& names,
                                                   const std::string& where) {
  return choose(signal_transformations(config), names, where);
}

}  // namespace tacit
