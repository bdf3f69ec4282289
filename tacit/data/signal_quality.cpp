// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/signal_quality.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

#include "tacit/core/error.h"
#include "tacit/dsp/butterworth.h"

namespace tacit {
namespace {

constexpr double kStillRange = 0.01;  // of the window's range
constexpr double kOffShare = 0.5;     // of the window, from which on a lead is off
constexpr double kCutOff = 1e-5;      // of the window's range: rounding of one and the same value
constexpr double kCutOffSeconds = 0.01;  // the shortest run
constexpr int64_t kCutOffSamples = 3;
constexpr double kQrsLow = 5, kQrsHigh = 20, kBaseline = 1;  // Hz
constexpr int64_t kOrder = 2;
constexpr double kLeastSeconds = 2;    // holds a beat at 30 a minute
constexpr double kEdgeSeconds = 0.25;  // at either end, which the continuation beyond it blurs

/// The largest and the smallest sample of a stretch that grows at its end and shrinks at its
/// beginning.
class Extremes {
 public:
  explicit Extremes(std::span<const float> x) : x_(x) {}

  void take(size_t step) {
    while (!high_.empty() && x_[high_.back()] <= x_[step]) high_.pop_back();
    while (!low_.empty() && x_[low_.back()] >= x_[step]) low_.pop_back();
    high_.push_back(step);
    low_.push_back(step);
  }
  void leave(size_t step) {
    if (high_.front() == step) high_.pop_front();
    if (low_.front() == step) low_.pop_front();
  }
  double range() const {
    return static_cast<double>(x_[high_.front()]) - static_cast<double>(x_[low_.front()]);
  }

 private:
  std::span<const float> x_;
  std::deque<size_t> high_, low_;  // steps; their samples fall, and rise
};

/// Samples of the longest stretch whose range is no more than `range`.
size_t longest_still(std::span<const float> x, double range) {
  Extremes stretch(x);
  size_t begin = 0, longest = 0;
  for (size_t end = 0; end < x.size(); ++end) {
    stretch.take(end);
    while (stretch.range() > range) stretch.leave(begin++);
    longest = std::max(longest, end + 1 - begin);
  }
  return longest;
}

/// Samples that satisfy `cut` in runs of at least `shortest`.
int64_t in_runs(std::span<const float> x, int64_t shortest, const auto& cut) {
  int64_t count = 0, run = 0;
  const auto finish = [&] {
    if (run >= shortest) count += run;
    run = 0;
  };
  for (const float sample : x) {
    if (cut(static_cast<double>(sample)))
      ++run;
    else
      finish();
  }
  finish();
  return count;
}

double clipped_share(std::span<const float> x, double low, double high, double rate_hz) {
  const int64_t shortest =
      std::max<int64_t>(kCutOffSamples, std::llround(kCutOffSeconds * rate_hz));
  const double margin = kCutOff * (high - low);
  const int64_t count =
      in_runs(x, shortest, [&](double sample) { return sample >= high - margin; }) +
      in_runs(x, shortest, [&](double sample) { return sample <= low + margin; });
  return static_cast<double>(count) / static_cast<double>(x.size());
}

/// Means of the squares and of the fourth powers.
struct Moments {
  double second = 0, fourth = 0;
};

Moments moments_of(std::span<const double> values) {
  Moments sums;
  for (const double value : values) {
    const double square = value * value;
    sums.second += square;
    sums.fourth += square * square;
  }
  const auto count = static_cast<double>(values.size());
  return {sums.second / count, sums.fourth / count};
}

void measure_band(std::span<const float> x, double rate_hz, QualityMeasures& measures) {
  const auto edge = static_cast<size_t>(kEdgeSeconds * rate_hz);
  if (x.size() < 4 * edge) return;
  std::vector<double> values(x.begin(), x.end());
  const std::span inside(values.data() + edge, values.size() - 2 * edge);
  filter_both_ways(butterworth(FilterKind::high_pass, kOrder, kBaseline, rate_hz), values);
  const Moments all = moments_of(inside);
  filter_both_ways(butterworth(FilterKind::high_pass, kOrder, kQrsLow, rate_hz), values);
  filter_both_ways(butterworth(FilterKind::low_pass, kOrder, kQrsHigh, rate_hz), values);
  const Moments band = moments_of(inside);
  measures.qrs_share = band.second / all.second;
  measures.kurtosis = band.fourth / (band.second * band.second);
}

}  // namespace

QualityMeasures measure_quality(std::span<const float> x, double rate_hz) {
  require<ConfigError>(rate_hz > 2 * kQrsHigh,
                       "signal quality: {} samples a second are too few to see a heart beat; more "
                       "than {} are needed",
                       rate_hz, 2 * kQrsHigh);
  const auto [lowest, highest] = std::ranges::minmax(x);
  const auto low = static_cast<double>(lowest), high = static_cast<double>(highest);
  const auto still = static_cast<double>(longest_still(x, kStillRange * (high - low)));
  QualityMeasures measures{.still_seconds = still / rate_hz,
                           .still_share = still / static_cast<double>(x.size()),
                           .clipped_share = clipped_share(x, low, high, rate_hz)};
  if (high > low) measure_band(x, rate_hz, measures);
  return measures;
}

Fault fault_of(std::span<const float> x, double rate_hz, const QualityConfig& config) {
  if (!config.enabled) return Fault::none;
  require<ShapeError>(!x.empty(), "signal quality: the window holds no sample");
  if (!std::ranges::all_of(x, [](float sample) { return std::isfinite(sample); }))
    return Fault::lead_off;
  const QualityMeasures measures = measure_quality(x, rate_hz);
  if (measures.still_share >= kOffShare) return Fault::lead_off;
  if (measures.clipped_share > config.clipped_share) return Fault::clipped;
  if (measures.still_seconds >= config.flat_seconds) return Fault::flat;
  if (static_cast<double>(x.size()) < kLeastSeconds * rate_hz) return Fault::none;
  const bool noise =
      measures.kurtosis < config.min_kurtosis || measures.qrs_share < config.min_qrs_share;
  return noise ? Fault::noise : Fault::none;
}

Fault fault_of(const Tensor& window, double rate_hz, const QualityConfig& config) {
  require<ShapeError>(window.dim() == 2, "signal quality: expected a window [C, T], got {}",
                      window.sizes());
  const Tensor rows = window.contiguous();
  const auto steps = static_cast<size_t>(rows.size(1));
  for (int64_t channel = 0; channel < rows.size(0); ++channel) {
    const std::span x(rows.const_data_ptr<float>() + channel * rows.size(1), steps);
    const Fault fault = fault_of(x, rate_hz, config);
    if (fault != Fault::none) return fault;
  }
  return Fault::none;
}

int64_t QualityCounts::all() const {
  return std::accumulate(windows.begin(), windows.end(), int64_t{0});
}

std::string QualityCounts::print() const {
  if (left_out() == 0) return text("none of {} windows left out", all());
  std::vector<std::string> parts;
  for (size_t i = 1; i < windows.size(); ++i) {
    std::string name = enum_name(static_cast<Fault>(i));
    std::ranges::replace(name, '_', ' ');
    if (windows[i] > 0) parts.push_back(text("{} {}", windows[i], name));
  }
  return text("{} of {} windows left out: {}", left_out(), all(), join(parts));
}

namespace {

/// Samples begin … end-1 of a recording as one of its own.
Recording cut(const Recording& from, int64_t begin, int64_t end) {
  Recording part{from.name,
                 from.subject,
                 from.rate_hz,
                 from.start_seconds + static_cast<double>(begin) / from.rate_hz,
                 from.samples.slice(1, begin, end),
                 {}};
  for (const LabelSpan& span : from.labels) {
    const int64_t first = std::max(span.begin, begin), last = std::min(span.end, end);
    if (first < last) part.labels.push_back({first - begin, last - begin, span.label});
  }
  return part;
}

}  // namespace

Signals leave_out_faults(Signals signals, const QualityConfig& config) {
  QualityCounts counts;
  std::vector<Recording> kept;
  for (const Recording& recording : signals.recordings) {
    const auto hop = std::max<int64_t>(1, std::llround(config.seconds * recording.rate_hz));
    int64_t clean_from = 0;  // of the stretch that is being kept
    const auto keep_until = [&](int64_t end) {
      if (clean_from < end) kept.push_back(cut(recording, clean_from, end));
    };
    for (int64_t begin = 0; begin < recording.length(); begin += hop) {
      const int64_t end = std::min(begin + hop, recording.length());
      const Fault fault =
          fault_of(recording.samples.slice(1, begin, end), recording.rate_hz, config);
      counts.add(fault);
      if (fault == Fault::none) continue;
      keep_until(begin);
      clean_from = end;
    }
    keep_until(recording.length());
  }
  require<DataError>(!kept.empty(), "data.quality: {}, so nothing is left", counts.print());
  signals.recordings = std::move(kept);
  signals.notes.push_back(counts.print());
  return signals;
}

}  // namespace tacit
