// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/heart_shape.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tacit/dsp/list_statistics.h"

namespace tacit {
namespace {

using Values = std::vector<double>;

constexpr double kBefore = 0.3, kStep = 0.005;  // s
constexpr size_t kSteps = 151;                  // to 0.45 s after R
constexpr double kAlike = 0.8;                  // correlation with the template
constexpr double kMost = 20;

/// The step `seconds` from R.
constexpr size_t step(double seconds) {
  return static_cast<size_t>((seconds + kBefore) / kStep + 0.5);
}
double seconds_of(size_t place) { return static_cast<double>(place) * kStep - kBefore; }

/// Steps begin … end-1.
struct Region {
  size_t begin, end;
};
constexpr Region kAll{0, kSteps}, kP{step(-0.25), step(-0.08)}, kQrs{step(-0.06), step(0.08)},
    kT{step(0.15), step(0.42)};

/// Within kMost, so that a small whole does not make features that dwarf all others.
double ratio(double part, double whole) {
  return whole == 0 ? 0 : std::clamp(part / whole, -kMost, kMost);
}

/// The beats that lie whole in the window, one row each, and which of all they are.
struct Rows {
  std::vector<Values> values{};
  std::vector<size_t> beat{};
};
Rows cut(const Values& wide, double rate_hz, const HeartBeats& beats) {
  Rows rows;
  const double sign = beats.upright ? 1 : -1;
  for (size_t number = 0; number < beats.seconds.size(); ++number) {
    const double first = (beats.seconds[number] - kBefore) * rate_hz, apart = kStep * rate_hz;
    const double last = first + apart * static_cast<double>(kSteps - 1);
    if (first < 0 || last + 1 >= static_cast<double>(wide.size())) continue;
    Values row(kSteps);
    for (size_t i = 0; i < kSteps; ++i) {
      const double place = first + apart * static_cast<double>(i);
      const auto below = static_cast<size_t>(place);
      row[i] = sign * std::lerp(wide[below], wide[below + 1], place - static_cast<double>(below));
    }
    rows.values.push_back(std::move(row));
    rows.beat.push_back(number);
  }
  return rows;
}

Values median_row(const std::vector<Values>& rows) {
  Values result(kSteps), column(rows.size());
  for (size_t i = 0; i < kSteps; ++i) {
    for (size_t r = 0; r < rows.size(); ++r) column[r] = rows[r][i];
    result[i] = median(column);
  }
  return result;
}

std::span<const double> part(const Values& row, Region region) {
  return std::span(row).subspan(region.begin, region.end - region.begin);
}

/// Std of each row's difference from the template.
Values unlike(const std::vector<Values>& rows, const Values& shape, Region region) {
  Values result;
  for (const Values& row : rows) {
    Values rest;
    for (size_t i = region.begin; i < region.end; ++i) rest.push_back(row[i] - shape[i]);
    result.push_back(deviation(rest));
  }
  return result;
}

double lowest(const Values& x, Region region) { return std::ranges::min(part(x, region)); }
size_t furthest(const Values& x, double base, Region region) {
  size_t best = region.begin;
  for (size_t i = region.begin; i < region.end; ++i)
    if (std::abs(x[i] - base) > std::abs(x[best] - base)) best = i;
  return best;
}

/// Root mean square distance from R, weighted with the squared slope.
double qrs_seconds(const Values& shape) {
  double weight = 0, sum = 0;
  for (size_t i = kQrs.begin + 1; i < kQrs.end; ++i) {
    const double slope = shape[i] - shape[i - 1], distance = seconds_of(i) - kStep / 2;
    weight += slope * slope;
    sum += slope * slope * distance * distance;
  }
  return weight > 0 ? std::sqrt(sum / weight) : 0;
}

double squared_slope(const Values& x, Region region) {
  double sum = 0;
  for (size_t i = region.begin + 1; i < region.end; ++i)
    sum += (x[i] - x[i - 1]) * (x[i] - x[i - 1]);
  return sum;
}

/// The waves of the template.
void append_waves(Values& out, const Values& shape, double base, double height) {
  const auto over = [&](double level) { return ratio(level - base, height); };
  const std::span<const double> before = part(shape, {kP.begin, step(-0.06)});
  const auto p = kP.begin + static_cast<size_t>(std::ranges::max_element(before) - before.begin());
  const size_t t = furthest(shape, base, kT);
  out.insert(out.end(), {over(lowest(shape, {step(-0.08), step(0)})),
                         over(lowest(shape, {step(0), step(0.1)})), over(shape[p]), over(shape[t]),
                         over(mean(part(shape, {step(0.08), step(0.12)}))), seconds_of(t),
                         -seconds_of(p), qrs_seconds(shape)});
}

/// How far the beats repeat. alike: each row's correlation with the template.
void append_repetition(Values& out, const std::vector<Values>& rows, const Values& shape,
                       double height, const Values& alike) {
  const double p = deviation(part(shape, kP)), p_rest = median(unlike(rows, shape, kP));
  out.insert(out.end(),
             {ratio(p, height), ratio(p_rest, height), ratio(p * p, p * p + p_rest * p_rest)});
  const Values rest = unlike(rows, shape, kAll);
  const double whole = deviation(shape);
  out.insert(out.end(), {ratio(root_mean_square(rest), whole), ratio(median(rest), whole),
                         ratio(median(unlike(rows, shape, kQrs)), whole),
                         ratio(median(unlike(rows, shape, kT)), whole)});
  double sharp = 0, slope = 0;
  for (const Values& row : rows) {
    sharp += squared_slope(row, kQrs);
    slope += squared_slope(row, kAll);
  }
  const auto bad =
      static_cast<double>(std::ranges::count_if(alike, [](double r) { return r < kAlike; }));
  out.insert(out.end(), {median(alike), percentile(alike, 10),
                         bad / static_cast<double>(rows.size()), ratio(sharp, slope)});
}

/// Intervals between beats that follow each other and both look like the template.
void append_steady(Values& out, const Rows& rows, const Values& alike, const HeartBeats& beats) {
  Values rr, difference;
  size_t last = 0;  // the row at which the latest of them ended
  for (size_t r = 1; r < alike.size(); ++r) {
    const size_t beat = rows.beat[r];
    if (alike[r] < kAlike || alike[r - 1] < kAlike) continue;
    const double interval = beats.seconds[beat] - beats.seconds[beat - 1];
    if (last + 1 == r && !rr.empty()) difference.push_back(std::abs(interval - rr.back()));
    rr.push_back(interval);
    last = r;
  }
  out.push_back(static_cast<double>(rr.size()) / static_cast<double>(alike.size()));
  if (difference.size() < 2) return out.resize(out.size() + 3, 0);
  const double usual = median(rr);
  const auto jumps = static_cast<double>(
      std::ranges::count_if(difference, [&](double d) { return d > usual / 10; }));
  out.insert(out.end(), {deviation(rr) / usual, median(difference) / usual,
                         jumps / static_cast<double>(difference.size())});
}

}  // namespace

std::vector<double> heart_shape(std::span<const float> ecg, double rate_hz,
                                const HeartBeats& beats) {
  const Rows rows = cut(heart_band(ecg, rate_hz, 0.5, 40), rate_hz, beats);
  if (rows.beat.empty()) return Values(heart_shape_names().size(), 0);
  const Values shape = median_row(rows.values);
  const double base = median(shape);
  Values heights, alike;
  for (const Values& row : rows.values) {
    heights.push_back(row[step(0)] - base);
    alike.push_back(correlation(row, shape));
  }
  const double height = median(heights);
  Values result = {height, ratio(deviation(heights), height), ratio(percentile(heights, 0), height),
                   ratio(percentile(heights, 100), height)};
  append_waves(result, shape, base, height);
  append_repetition(result, rows.values, shape, height, alike);
  append_steady(result, rows, alike, beats);
  return result;
}

std::vector<std::string> heart_shape_names() {
  return {"r_height",
          "r_cv",
          "r_smallest",
          "r_largest",
          "q_depth",
          "s_depth",
          "p_height",
          "t_height",
          "st_level",
          "t_seconds",
          "p_seconds",
          "qrs_seconds",
          "p_energy",
          "p_unlike",
          "p_repeats",
          "beat_unlike",
          "beat_unlike_median",
          "qrs_unlike",
          "t_unlike",
          "beat_correlation",
          "beat_correlation_10",
          "beat_uncorrelated",
          "qrs_sharpness",
          "steady_share",
          "steady_rr_cv",
          "steady_rr_median_difference",
          "steady_rr_pnn_tenth"};
}

}  // namespace tacit
