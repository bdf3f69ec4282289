// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/heart_rhythm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "tacit/dsp/list_statistics.h"

namespace tacit {
namespace {

using Values = std::vector<double>;

constexpr double kAlike = 0.1;  // of the median interval
/// Frequencies are multiples of this, in Hz; LF is 4 … 14 of them and HF 15 … 39.
constexpr double kFrequencyStep = 0.01;
constexpr int kLow = 4, kHigh = 15, kEnd = 40;

Values differences(const Values& x) {
  Values d;
  for (size_t i = 1; i < x.size(); ++i) d.push_back(x[i] - x[i - 1]);
  return d;
}

double median_size(Values x) {
  for (double& value : x) value = std::abs(value);
  return median(std::move(x));
}

template <class Predicate>
double share(const Values& x, Predicate holds) {
  return static_cast<double>(std::ranges::count_if(x, holds)) / static_cast<double>(x.size());
}

/// Of x with itself `lag` entries before.
double lag_correlation(std::span<const double> x, size_t lag) {
  return x.size() < lag + 2 ? 0 : correlation(x.first(x.size() - lag), x.subspan(lag));
}

/// {log of the odds that two alike intervals are not followed by two alike ones, share alike}.
std::array<double, 2> irregularity(const Values& rr, double tolerance) {
  double pairs = 0, alike = 0, followed = 0;
  for (size_t i = 0; i + 1 < rr.size(); ++i)
    for (size_t j = i + 1; j + 1 < rr.size(); ++j) {
      ++pairs;
      if (std::abs(rr[i] - rr[j]) > tolerance) continue;
      ++alike;
      if (std::abs(rr[i + 1] - rr[j + 1]) <= tolerance) ++followed;
    }
  return {std::log((alike + 1) / (followed + 1)), alike / pairs};
}

double turning_points(const Values& d) {
  double turns = 0;
  for (size_t i = 1; i < d.size(); ++i) turns += d[i] * d[i - 1] < 0;
  return turns / static_cast<double>(d.size() - 1);
}

/// Width over length of the cloud of (RR, next RR).
double poincare(const Values& rr) {
  Values sum;
  for (size_t i = 1; i < rr.size(); ++i) sum.push_back(rr[i] + rr[i - 1]);
  const double width = deviation(differences(rr));
  const double length = deviation(sum);
  return width + length > 1e-9 ? width / (width + length) : 0;
}

/// {std in LF, std in HF, LF's share, HF's peak}: a Fourier transform at the beats' own times.
std::array<double, 4> spectrum(const Values& rr, std::span<const double> beats) {
  const double middle = mean(rr);
  double low = 0, high = 0, peak = 0, peak_hz = 0;
  for (int number = kLow; number < kEnd; ++number) {
    const double hz = number * kFrequencyStep;
    double real = 0, imaginary = 0;
    for (size_t i = 0; i < rr.size(); ++i) {
      const double angle = 2 * std::numbers::pi * hz * (beats[i + 1] - beats[0]);
      real += (rr[i] - middle) * std::cos(angle);
      imaginary += (rr[i] - middle) * std::sin(angle);
    }
    const double power = real * real + imaginary * imaginary;
    (number < kHigh ? low : high) += power;
    if (number >= kHigh && power > peak) peak = power, peak_hz = hz;
  }
  const double duration = beats.back() - beats.front();
  const double scale = 2 * kFrequencyStep * duration / std::pow(static_cast<double>(rr.size()), 2);
  return {std::sqrt(low * scale), std::sqrt(high * scale), low + high > 0 ? low / (low + high) : 0,
          peak_hz};
}

/// Share of intervals that are short against the one before and followed by a longer one.
double premature(const Values& rr) {
  double early = 0;
  for (size_t i = 1; i + 1 < rr.size(); ++i)
    early += rr[i] < 0.88 * rr[i - 1] && rr[i + 1] > 1.05 * rr[i - 1];
  return early / static_cast<double>(rr.size());
}

}  // namespace

std::vector<double> heart_rhythm(std::span<const double> beats, double seconds) {
  const Values rr = differences({beats.begin(), beats.end()});
  Values result(heart_rhythm_names().size(), 0);
  result[0] = static_cast<double>(beats.size()) / seconds;
  if (rr.size() < 3) return result;
  const Values d = differences(rr);
  const auto at = [&](double percent) { return percentile(rr, percent); };
  const double usual = at(50), spread = deviation(rr), jump = root_mean_square(d);
  const auto beyond = [&](double size) {
    return share(d, [&](double value) { return std::abs(value) > size; });
  };
  const auto [entropy, alike] = irregularity(rr, kAlike * usual);
  const auto [low, high, low_share, breath_hz] = spectrum(rr, beats);
  return {result[0],
          mean(rr),
          usual,
          spread,
          jump,
          at(0),
          at(100),
          spread / mean(rr),
          at(10),
          at(25),
          at(75),
          at(90),
          beyond(0.02),
          beyond(0.05),
          beyond(0.1 * usual),
          median_size(d) / usual,
          jump / mean(rr),
          lag_correlation(rr, 1),
          lag_correlation(rr, 2),
          share(rr, [&](double value) { return value < 0.85 * usual; }),
          share(rr, [&](double value) { return value > 1.15 * usual; }),
          (at(75) - at(25)) / usual,
          entropy,
          alike,
          turning_points(d),
          poincare(rr),
          low,
          high,
          low_share,
          breath_hz,
          at(0) / usual,
          at(100) / usual,
          premature(rr)};
}

std::vector<std::string> heart_rhythm_names() {
  return {"beats_a_second",
          "rr_mean",
          "rr_median",
          "rr_sdnn",
          "rr_rmssd",
          "rr_min",
          "rr_max",
          "rr_cv",
          "rr_percentile_10",
          "rr_percentile_25",
          "rr_percentile_75",
          "rr_percentile_90",
          "rr_pnn20",
          "rr_pnn50",
          "rr_pnn_tenth",
          "rr_median_difference",
          "rr_rmssd_share",
          "rr_lag_1",
          "rr_lag_2",
          "rr_short",
          "rr_long",
          "rr_quartile_range",
          "rr_irregularity",
          "rr_alike",
          "rr_turning",
          "rr_poincare",
          "rr_lf",
          "rr_hf",
          "rr_lf_share",
          "rr_hf_peak_hz",
          "rr_shortest",
          "rr_longest",
          "rr_premature"};
}

}  // namespace tacit
