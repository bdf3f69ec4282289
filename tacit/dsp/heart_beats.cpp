// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/heart_beats.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tacit/core/error.h"
#include "tacit/dsp/butterworth.h"
#include "tacit/dsp/list_statistics.h"

namespace tacit {
namespace {

constexpr double kLowestRate = 50, kHighestRate = 100'000;  // samples a second
constexpr double kSlopeWindow = 0.12;                       // s
constexpr double kRefractory = 0.25;                        // s between beats
constexpr double kRecovering = 0.36;  // s after a beat in which a T wave may come
constexpr double kBlock = 2;          // s; nearly every block of a living heart holds a beat
constexpr size_t kBlocksAround = 3;   // on either side
constexpr double kStrong = 0.5, kWeak = 0.25;  // of the usual strength
constexpr double kOverdue = 1.66;              // of the usual interval
constexpr size_t kIntervalsAround = 4;         // on either side
constexpr double kRefine = 0.08;               // s on either side

bool has_beats_at(double rate_hz) { return rate_hz >= kLowestRate && rate_hz <= kHighestRate; }

/// A place where a beat may be.
struct Candidate {
  size_t at;        ///< sample
  double strength;  ///< root of the mean squared slope, in the signal's unit
};

/// Mean of the squared slope over the window around each sample.
std::vector<double> slope_energy(const std::vector<double>& band, double rate_hz) {
  const size_t n = band.size();
  std::vector<double> sum(n + 1, 0);
  for (size_t t = 0; t < n; ++t) {
    const double slope = t > 0 && t + 1 < n ? (band[t + 1] - band[t - 1]) / 2 : 0;
    sum[t + 1] = sum[t] + slope * slope;
  }
  const auto half = static_cast<size_t>(std::max(1.0, std::round(kSlopeWindow * rate_hz / 2)));
  std::vector<double> energy(n);
  for (size_t t = 0; t < n; ++t)
    energy[t] = (sum[std::min(n, t + half + 1)] - sum[t - std::min(t, half)]) /
                static_cast<double>(2 * half + 1);
  return energy;
}

/// The squared slope that rounding may leave in a constant.
double resolution(std::span<const float> ecg) {
  double largest = 0;
  for (const float sample : ecg)
    if (std::isfinite(sample)) largest = std::max(largest, std::abs(static_cast<double>(sample)));
  return std::pow(std::numeric_limits<float>::epsilon() * largest, 2);
}

/// Local maxima above `least` that are the refractory time apart or more, the larger first served;
/// in order of time.
std::vector<Candidate> maxima(const std::vector<double>& energy, double least, double rate_hz) {
  std::vector<size_t> peaks;
  for (size_t t = 1; t + 1 < energy.size(); ++t)
    if (energy[t] > least && energy[t] > energy[t - 1] && energy[t] >= energy[t + 1])
      peaks.push_back(t);
  std::vector<size_t> order(peaks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order,
                           [&](size_t a, size_t b) { return energy[peaks[a]] > energy[peaks[b]]; });
  const auto apart = static_cast<size_t>(kRefractory * rate_hz);
  std::vector<bool> dropped(peaks.size(), false);
  for (const size_t i : order) {
    if (dropped[i]) continue;
    for (size_t j = i; j-- > 0 && peaks[i] - peaks[j] < apart;) dropped[j] = true;
    for (size_t j = i + 1; j < peaks.size() && peaks[j] - peaks[i] < apart; ++j) dropped[j] = true;
  }
  std::vector<Candidate> kept;
  for (size_t i = 0; i < peaks.size(); ++i)
    if (!dropped[i]) kept.push_back({peaks[i], std::sqrt(energy[peaks[i]])});
  return kept;
}

/// The usual strength of a beat around each candidate: the median of the blocks' largest.
std::vector<double> usual_strengths(const std::vector<Candidate>& candidates, double rate_hz) {
  if (candidates.empty()) return {};
  const auto block = static_cast<size_t>(kBlock * rate_hz);
  std::vector<double> largest(candidates.back().at / block + 1, 0);
  for (const auto& [at, strength] : candidates)
    largest[at / block] = std::max(largest[at / block], strength);
  std::vector<double> usual(largest.size());
  for (size_t b = 0; b < largest.size(); ++b) {
    const size_t begin = b - std::min(b, kBlocksAround);
    const size_t end = std::min(largest.size(), b + kBlocksAround + 1);
    usual[b] = median({largest.begin() + static_cast<std::ptrdiff_t>(begin),
                       largest.begin() + static_cast<std::ptrdiff_t>(end)});
  }
  std::vector<double> result;
  for (const Candidate& candidate : candidates) result.push_back(usual[candidate.at / block]);
  return result;
}

/// Those that are strong, without the T waves that follow a beat.
std::vector<size_t> strong_ones(const std::vector<Candidate>& candidates,
                                const std::vector<double>& usual, double rate_hz) {
  std::vector<size_t> chosen;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const auto& [at, strength] = candidates[i];
    if (!(strength > kStrong * usual[i])) continue;
    if (!chosen.empty()) {
      const Candidate& last = candidates[chosen.back()];
      const double since = static_cast<double>(at - last.at) / rate_hz;
      if (since < kRecovering && strength < 0.6 * last.strength) continue;
    }
    chosen.push_back(i);
  }
  return chosen;
}

/// Adds the strongest weak candidate to each gap in which a beat is overdue.
std::vector<size_t> with_overdue(const std::vector<size_t>& chosen,
                                 const std::vector<Candidate>& candidates,
                                 const std::vector<double>& usual, double rate_hz) {
  std::vector<double> interval;
  for (size_t i = 1; i < chosen.size(); ++i)
    interval.push_back(
        static_cast<double>(candidates[chosen[i]].at - candidates[chosen[i - 1]].at));
  std::vector<size_t> all;
  for (size_t i = 0; i < chosen.size(); ++i) {
    all.push_back(chosen[i]);
    if (i == interval.size()) break;
    const size_t begin = i - std::min(i, kIntervalsAround);
    const size_t end = std::min(interval.size(), i + kIntervalsAround + 1);
    const double typical = median({interval.begin() + static_cast<std::ptrdiff_t>(begin),
                                   interval.begin() + static_cast<std::ptrdiff_t>(end)});
    if (interval[i] < kOverdue * typical) continue;
    size_t best = chosen[i];
    double strength = 0;
    for (size_t j = chosen[i] + 1; j < chosen[i + 1]; ++j) {
      const auto since = static_cast<double>(candidates[j].at - candidates[chosen[i]].at);
      if (since < kRecovering * rate_hz || candidates[j].strength <= kWeak * usual[j]) continue;
      if (candidates[j].strength > strength) best = j, strength = candidates[j].strength;
    }
    if (best != chosen[i]) all.push_back(best);
  }
  return all;
}

/// Where sign · band is largest near a sample.
size_t extremum(const std::vector<double>& band, size_t at, double sign, double rate_hz) {
  const auto reach = static_cast<size_t>(kRefine * rate_hz);
  size_t best = at;
  for (size_t t = at - std::min(at, reach); t < std::min(band.size(), at + reach + 1); ++t)
    if (sign * band[t] > sign * band[best]) best = t;
  return best;
}

/// The top of the parabola through a sample and its neighbours, in samples from it.
double between_samples(const std::vector<double>& band, size_t at) {
  if (at == 0 || at + 1 == band.size()) return 0;
  const double before = band[at - 1], after = band[at + 1];
  const double bend = before - 2 * band[at] + after;
  return bend == 0 ? 0 : std::clamp((before - after) / (2 * bend), -0.5, 0.5);
}

bool points_up(const std::vector<double>& band, const std::vector<size_t>& places, double rate_hz) {
  std::vector<double> difference;  // of the heights above and below
  for (const size_t at : places)
    difference.push_back(band[extremum(band, at, 1, rate_hz)] +
                         band[extremum(band, at, -1, rate_hz)]);
  return difference.empty() || median(difference) >= 0;
}

/// What beats at an assumed rate.
struct Pulse {
  double interval = 0;  ///< median, in samples; 0 with fewer than two beats
  double unrest = 1;    ///< median change of the interval, in intervals; 1 with few beats
  bool upright = true;
};
Pulse pulse_of(std::span<const float> ecg, double assumed_hz, size_t few) {
  const auto [seconds, upright] = find_beats(ecg, assumed_hz);
  std::vector<double> interval, change;
  for (size_t i = 1; i < seconds.size(); ++i)
    interval.push_back((seconds[i] - seconds[i - 1]) * assumed_hz);
  for (size_t i = 1; i < interval.size(); ++i)
    change.push_back(std::abs(interval[i] - interval[i - 1]));
  const double usual = median(interval);
  return {usual, seconds.size() < few ? 1 : median(change) / usual, upright};
}

}  // namespace

std::vector<double> heart_band(std::span<const float> ecg, double rate_hz, double low_hz,
                               double high_hz) {
  std::vector<double> band;
  band.reserve(ecg.size());
  for (const float sample : ecg)
    band.push_back(std::isfinite(sample) ? static_cast<double>(sample)
                   : band.empty()        ? 0
                                         : band.back());
  filter_both_ways(butterworth(FilterKind::high_pass, 2, low_hz, rate_hz), band);
  if (2 * high_hz < rate_hz)
    filter_both_ways(butterworth(FilterKind::low_pass, 2, high_hz, rate_hz), band);
  return band;
}

HeartBeats find_beats(std::span<const float> ecg, double rate_hz) {
  require<ConfigError>(has_beats_at(rate_hz),
                       "heart beats are found in {} to {} samples a second; these are {}",
                       kLowestRate, kHighestRate, rate_hz);
  const std::vector<double> band = heart_band(ecg, rate_hz, 5, 20);
  const std::vector<Candidate> candidates =
      maxima(slope_energy(band, rate_hz), resolution(ecg), rate_hz);
  const std::vector<double> usual = usual_strengths(candidates, rate_hz);
  std::vector<size_t> places;
  for (const size_t i :
       with_overdue(strong_ones(candidates, usual, rate_hz), candidates, usual, rate_hz))
    places.push_back(candidates[i].at);
  HeartBeats beats{.seconds = {}, .upright = points_up(band, places, rate_hz)};
  for (const size_t place : places) {
    const size_t at = extremum(band, place, beats.upright ? 1 : -1, rate_hz);
    const double seconds = (static_cast<double>(at) + between_samples(band, at)) / rate_hz;
    if (beats.seconds.empty() || seconds > beats.seconds.back() + kRefractory / 2)
      beats.seconds.push_back(seconds);
  }
  return beats;
}

HeartCheck check_heart(std::span<const float> ecg, double rate_hz) {
  Pulse found = pulse_of(ecg, rate_hz, 3);
  const double bar = std::min(0.1, found.unrest / 2);
  for (const double factor : {1.0 / 8, 1.0 / 4, 1.0 / 2, 2.0, 4.0, 8.0}) {
    if (!has_beats_at(rate_hz * factor)) continue;
    const Pulse other = pulse_of(ecg, rate_hz * factor, 10);
    if (other.unrest < std::min(bar, found.unrest)) found = other;
  }
  if (found.interval == 0) return {0, found.upright, "fewer than two heart beats were found"};
  HeartCheck check{60 * rate_hz / found.interval, found.upright, ""};
  if (check.beats_a_minute < 25 || check.beats_a_minute > 220)
    check.warning = text(
        "{} beats a minute were found, where a heart has 25 to 220: is this an "
        "electrocardiogram, and are {} samples a second right?",
        std::lround(check.beats_a_minute), rate_hz);
  return check;
}

}  // namespace tacit
