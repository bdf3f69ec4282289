// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/live_windows.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tacit {
namespace {

constexpr double kTolerance = 1e-6;  // seconds: rounding of moments

/// Throws ConfigError for what needs more than the samples so far.
void require_streamable(const DataConfig& config) {
  require<ConfigError>(
      config.high_pass.hz <= 0 || config.high_pass.phase == FilterPhase::causal,
      "data.high_pass.phase = \"zero\" filters recordings forwards and backwards, which no stream "
      "can wait for; train with data.high_pass.phase = \"causal\", or set it here and for tacit "
      "predict to see what this model makes of signals that were filtered forwards only");
  require<ConfigError>(!config.window.per_label,
                       "data.window.per_label = true cuts windows where labels are, and a stream "
                       "has none");
}

}  // namespace

LiveWindows::LiveWindows(const DataConfig& config, const Spec& model, double rate_hz, int64_t hop)
    : config_(config),
      channels_(model.shape.at(0)),
      length_(model.shape.at(1)),
      hop_(hop),
      stream_hz_(rate_hz),
      rate_hz_(rate_hz),
      runs_(config, channels_, rate_hz) {
  require_streamable(config);
  require<ConfigError>(hop >= 1, "hop: windows must begin at least one sample apart, not {}", hop);
  if (!rates_agree(rate_hz, model.rate_hz)) {
    resampler_.emplace(channels_, rate_hz, model.rate_hz);
    rate_hz_ = model.rate_hz;
  }
  HighPassFilter(config.high_pass, rate_hz_);  // refuses a rate that is too low
  if (config.scale_people) scales_.resize(static_cast<size_t>(channels_));
}

void LiveWindows::add(std::span<const float> sample) {
  runs_.add(sample);
  follow();
}

void LiveWindows::skip(int64_t samples) {
  runs_.skip(samples);
  follow();
}

void LiveWindows::finish() {
  runs_.finish();
  follow();
  end_stretch();
}

std::vector<LiveWindow> LiveWindows::take() { return std::exchange(windows_, {}); }

void LiveWindows::follow() {
  for (const SampleRun& run : runs_.take()) {
    if (run.fault.empty())
      pass(run);
    else
      lose(run);
    tell_lost(seconds_of(run.end));
  }
}

void LiveWindows::pass(const SampleRun& run) {
  if (!in_stretch_) begin_stretch(seconds_of(run.begin));
  std::vector<float> rows;
  if (resampler_)
    resampler_->add(run.rows, rows);
  else
    rows = run.rows;
  cut(rows);
}

/// Windows of the stretch that reach into the run are lost, and those that begin in it, unless
/// time jumped over them.
void LiveWindows::lose(const SampleRun& run) {
  end_stretch();
  const double begin = seconds_of(run.begin), end = seconds_of(run.end);
  const bool goes_on =
      !faults_.empty() && faults_.back().end == begin && faults_.back().fault == run.fault;
  if (!goes_on) faults_.push_back({begin, end, run.fault});
  faults_.back().end = end;
  const double last = (run.is_jump ? begin : end) - kTolerance;
  for (; next_seconds() < last; next_ += hop_) lost_.push_back(next_seconds());
  if (!run.is_jump) return;
  began_ = end;
  next_ = 0;
}

void LiveWindows::begin_stretch(double seconds) {
  in_stretch_ = true;
  began_ = seconds;
  row_ = next_ = 0;
  rows_.clear();
  if (config_.high_pass.hz > 0)
    filters_.assign(static_cast<size_t>(channels_), HighPassFilter(config_.high_pass, rate_hz_));
}

void LiveWindows::end_stretch() {
  std::vector<float> rows;
  if (in_stretch_ && resampler_) resampler_->finish(rows);
  cut(std::move(rows));
  in_stretch_ = false;
}

/// rows: [n, C], at the rate of windows.
void LiveWindows::cut(std::vector<float> rows) {
  const auto width = static_cast<size_t>(channels_);
  for (std::span<float> left = rows; !left.empty(); left = left.subspan(width)) {
    const std::span<float> row = left.first(width);
    prepare(row);
    if (row_++ < next_) continue;
    rows_.insert(rows_.end(), row.begin(), row.end());
    if (row_ == next_ + length_) tell_window();
  }
}

void LiveWindows::prepare(std::span<float> row) {
  for (size_t channel = 0; channel < row.size(); ++channel) {
    if (!filters_.empty()) row[channel] = filters_[channel].next(row[channel]);
    if (!scales_.empty()) scales_[channel].add(row[channel]);
  }
}

void LiveWindows::tell_window() {
  const double begin = next_seconds(), end = begin + length_seconds();
  tell_lost(end);
  LiveWindow told{.begin_seconds = begin, .end_seconds = end, .x = {}};
  const bool settled =
      scales_.empty() || static_cast<double>(scales_[0].count()) >= kScaleSeconds * rate_hz_;
  if (settled)
    told.x = window();
  else
    told.fault = "settling";
  windows_.push_back(std::move(told));
  rows_.erase(rows_.begin(), rows_.begin() + std::min(hop_, length_) * channels_);
  next_ += hop_;
}

Tensor LiveWindows::window() const {
  Tensor x = at::empty({channels_, length_}, at::kFloat);
  float* out = x.mutable_data_ptr<float>();
  for (int64_t channel = 0; channel < channels_; ++channel) {
    const auto index = static_cast<size_t>(channel);
    const ChannelScale scale = scales_.empty() ? ChannelScale() : scales_[index].scale();
    for (int64_t step = 0; step < length_; ++step) {
      const float sample = rows_[static_cast<size_t>(step * channels_ + channel)];
      *out++ = scales_.empty() ? sample : scale.apply(sample);
    }
  }
  return x;
}

/// Tells the windows without x that end by then.
void LiveWindows::tell_lost(double until) {
  for (; !lost_.empty() && lost_.front() + length_seconds() <= until + kTolerance;
       lost_.pop_front())
    windows_.push_back(lost_window(lost_.front()));
  const double needed = lost_.empty() ? next_seconds() : lost_.front();
  while (!faults_.empty() && faults_.front().end <= needed) faults_.pop_front();
}

LiveWindow LiveWindows::lost_window(double begin) const {
  LiveWindow lost{.begin_seconds = begin, .end_seconds = begin + length_seconds(), .x = {}};
  double unusable = 0;
  for (const Span& span : faults_) {
    const double overlap =
        std::min(span.end, lost.end_seconds) - std::max(span.begin, lost.begin_seconds);
    if (overlap < kTolerance) continue;
    if (unusable == 0) lost.fault = span.fault;
    unusable += overlap;
  }
  lost.usable = std::round(1e6 * (1 - unusable / length_seconds())) / 1e6;
  return lost;
}

std::vector<std::string> LiveWindows::notes() const {
  std::vector<std::string> notes;
  if (resampler_)
    notes.push_back(
        text("resampled from {} to {} Hz: answers come up to {} s later, since the "
             "filter reads ahead, the first after {} s at the earliest",
             stream_hz_, rate_hz_, resampler_->delay_seconds(), resampler_->start_seconds()));
  if (config_.quality.enabled)
    notes.push_back(
        text("quality is judged in stretches of {} s: an answer waits until the end of "
             "the stretch in which its window ends",
             config_.quality.seconds));
  if (!scales_.empty())
    notes.push_back(
        text("scaled by the samples so far, not by all of the person as tacit predict "
             "does, so answers differ from its; the first {} s give none",
             kScaleSeconds));
  return notes;
}

}  // namespace tacit
