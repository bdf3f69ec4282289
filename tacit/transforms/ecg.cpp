// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/ecg.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <type_traits>

#include "tacit/transforms/rows.h"

namespace tacit {
namespace {

/// Where segment `number` of `segments` equal ones begins.
int64_t border(int64_t number, int64_t segments, int64_t time) { return number * time / segments; }

/// Which segments are stretched.
std::vector<bool> draw_stretched(const StretchConfig& config, Rng& rng) {
  std::vector<int64_t> order(static_cast<size_t>(config.segments));
  std::iota(order.begin(), order.end(), int64_t{0});
  rng.shuffle(std::span(order));
  std::vector<bool> stretched(order.size());
  const int64_t count = std::min(config.stretched, config.segments);
  for (int64_t i = 0; i < count; ++i)
    stretched[static_cast<size_t>(order[static_cast<size_t>(i)])] = true;
  return stretched;
}

/// Where in the window each sample of the changed one is taken from, in samples.
std::vector<double> stretched_places(const StretchConfig& config, int64_t time, Rng& rng) {
  const double length = static_cast<double>(time) / static_cast<double>(config.segments);
  std::vector<double> speeds, ends;  // of each segment; where it ends when all are changed
  double total = 0;
  for (const bool stretched : draw_stretched(config, rng)) {
    speeds.push_back(stretched ? 1 / config.factor : config.factor);
    ends.push_back(total += length / speeds.back());
  }
  const double first = std::max(0.0, total - static_cast<double>(time)) * rng.uniform();
  std::vector<double> places(static_cast<size_t>(time));
  size_t segment = 0;
  for (size_t t = 0; t < places.size(); ++t) {
    const double now = first + static_cast<double>(t);
    while (segment + 1 < ends.size() && ends[segment] <= now) ++segment;
    const double place =
        static_cast<double>(segment + 1) * length - (ends[segment] - now) * speeds[segment];
    places[t] = std::clamp(place, 0.0, static_cast<double>(time - 1));
  }
  return places;
}

}  // namespace

Transform noise_below(double db) {
  return [db](const Tensor& x, Rng& rng) {
    require_signals(x, "noise");
    return map_rows(x, rng, [&](Rng& row, const auto* in, auto* out, RowShape shape) {
      using Value = std::decay_t<decltype(*out)>;
      for (int64_t channel = 0; channel < shape.channels;
           ++channel, in += shape.time, out += shape.time) {
        double power = 0;
        for (int64_t t = 0; t < shape.time; ++t) power += static_cast<double>(in[t]) * in[t];
        const double sigma =
            std::sqrt(power / static_cast<double>(shape.time) * std::pow(10, -db / 10));
        for (int64_t t = 0; t < shape.time; ++t)
          out[t] = static_cast<Value>(in[t] + row.normal(0, sigma));
      }
    });
  };
}

Transform scale_by(double factor) {
  return [factor](const Tensor& x, Rng&) {
    require_signals(x, "scaling");
    return (x.detach() * factor).contiguous();
  };
}

Transform permute_segments(int64_t segments) {
  return [segments](const Tensor& x, Rng& rng) {
    require_signals(x, "permutation");
    const int64_t count = std::min(segments, x.size(2));
    if (count < 2) return x.detach().clone(at::MemoryFormat::Contiguous);
    return map_rows(x, rng, [&](Rng& row, const auto* in, auto* out, RowShape shape) {
      const std::vector<int64_t> order = other_order(static_cast<size_t>(count), row);
      for (int64_t channel = 0; channel < shape.channels; ++channel, in += shape.time)
        for (const int64_t segment : order)
          out = std::copy(in + border(segment, count, shape.time),
                          in + border(segment + 1, count, shape.time), out);
    });
  };
}

Transform stretch_segments(const StretchConfig& config) {
  return [config](const Tensor& x, Rng& rng) {
    require_signals(x, "time_warp");
    return map_rows(x, rng, [&](Rng& row, const auto* in, auto* out, RowShape shape) {
      using Value = std::decay_t<decltype(*out)>;
      const std::vector<double> places = stretched_places(config, shape.time, row);
      for (int64_t channel = 0; channel < shape.channels; ++channel, in += shape.time)
        for (const double place : places) {
          const auto left = static_cast<int64_t>(place);
          const double share = place - static_cast<double>(left);
          const int64_t right = std::min(left + 1, shape.time - 1);
          *out++ = static_cast<Value>((1 - share) * in[left] + share * in[right]);
        }
    });
  };
}

std::vector<NamedTransform> ecg_transformations(const EcgTransformationsConfig& config) {
  return {{"noise", noise_below(config.noise_db)},
          {"scaling", scale_by(config.scale)},
          {"negation", negate()},
          {"inversion", time_flip()},
          {"permutation", permute_segments(config.segments)},
          {"time_warp", stretch_segments(config.time_warp)}};
}

}  // namespace tacit
