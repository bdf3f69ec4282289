// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/time_warp.h"

#include <algorithm>

#include "tacit/transforms/rows.h"

namespace tacit {
namespace {

constexpr double kSlowest = 0.05;  // a speed of 0 or less would stop or turn time

/// Second derivatives of the natural spline at its knots, in units of the knots' distance: solves
/// m[i-1] + 4 m[i] + m[i+1] = 6 (y[i-1] - 2 y[i] + y[i+1]) with m = 0 at both ends.
std::vector<double> second_derivatives(std::span<const double> y) {
  std::vector<double> m(y.size()), upper(y.size());
  for (size_t i = 1; i + 1 < y.size(); ++i) {
    const double pivot = 4 - upper[i - 1];
    upper[i] = 1 / pivot;
    m[i] = (6 * (y[i - 1] - 2 * y[i] + y[i + 1]) - m[i - 1]) / pivot;
  }
  for (size_t i = y.size() - 1; i-- > 1;) m[i] -= upper[i] * m[i + 1];
  return m;
}

/// When each of `time` samples happens after warping: increasing, from 0 to time - 1.
std::vector<double> warped_times(const TimeWarpConfig& config, int64_t time, Rng& rng) {
  std::vector<double> knots(static_cast<size_t>(config.knots));
  for (double& knot : knots) knot = std::max(kSlowest, rng.normal(1, config.sigma));
  std::vector<double> times = natural_cubic_spline(knots, time);
  double now = 0, before = std::max(kSlowest, times[0]);
  for (double& place : times) {
    const double speed = std::max(kSlowest, place);
    if (&place != times.data()) now += (before + speed) / 2;
    before = speed;
    place = now;
  }
  const double scale = static_cast<double>(time - 1) / now;
  for (double& place : times) place *= scale;
  return times;
}

/// out[t] = the line through the points (times[i], in[i]), at t.
template <class T>
void resample(const std::vector<double>& times, const T* in, T* out) {
  const size_t last = times.size() - 1;
  size_t i = 0;  // times[i] <= t < times[i + 1]
  for (size_t t = 0; t < last; ++t) {
    const auto place = static_cast<double>(t);
    while (i + 1 < last && times[i + 1] <= place) ++i;
    const double share = std::min(1.0, (place - times[i]) / (times[i + 1] - times[i]));
    out[t] = static_cast<T>((1 - share) * in[i] + share * in[i + 1]);
  }
  out[last] = in[last];
}

}  // namespace

std::vector<double> natural_cubic_spline(std::span<const double> knots, int64_t points) {
  const std::vector<double> m = second_derivatives(knots);
  const double step = static_cast<double>(knots.size() - 1) / static_cast<double>(points - 1);
  std::vector<double> values(static_cast<size_t>(points));
  for (size_t point = 0; point < values.size(); ++point) {
    const double place = step * static_cast<double>(point);
    const size_t left = std::min(static_cast<size_t>(place), knots.size() - 2);
    const double b = place - static_cast<double>(left), a = 1 - b;
    values[point] = a * knots[left] + b * knots[left + 1] +
                    ((a * a * a - a) * m[left] + (b * b * b - b) * m[left + 1]) / 6;
  }
  return values;
}

Transform time_warp(const TimeWarpConfig& config) {
  return [config](const Tensor& x, Rng& rng) {
    require_signals(x, "time_warp");
    return map_rows(x, rng, [&](Rng& row, const auto* in, auto* out, RowShape shape) {
      if (shape.time < 2) {
        std::copy_n(in, shape.channels * shape.time, out);
        return;
      }
      for (int64_t c = 0; c < shape.channels; ++c)
        resample(warped_times(config, shape.time, row), in + c * shape.time, out + c * shape.time);
    });
  };
}

}  // namespace tacit
