// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/resampler.h"

#include <samplerate.h>

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kChunk = 4096;     // new rows at a time
constexpr double kLookAhead = 48;    // samples of the slower side that the filter waits for
constexpr double kFilterReach = 64;  // and by how many a stretch is continued

/// How far to continue the signal, so that its first sample falls on one of the new ones.
int64_t padding(double ratio) {
  const auto least = static_cast<int64_t>(std::ceil(kFilterReach / std::min(1.0, ratio)));
  int64_t best = least;
  double best_offset = 1;
  for (int64_t length = least; length < least + 1024 && best_offset > 1e-9; ++length) {
    const double place = static_cast<double>(length) * ratio;
    const double offset = std::abs(place - std::round(place));
    if (offset < best_offset) best = length, best_offset = offset;
  }
  return best;
}

/// Appends the reflection of a row about the one at the end.
void reflect(std::span<const float> end, std::span<const float> row, std::vector<float>& out) {
  for (size_t channel = 0; channel < end.size(); ++channel)
    out.push_back(2 * end[channel] - row[channel]);
}

}  // namespace

bool rates_agree(double rate_hz, double wanted_hz) {
  return std::abs(rate_hz - wanted_hz) <= 1e-3 * wanted_hz;
}

bool Resampler::takes(double from_hz, double to_hz) {
  return src_is_valid_ratio(to_hz / from_hz) != 0;
}

Resampler::Resampler(int64_t channels, double from_hz, double to_hz)
    : channels_(channels), from_hz_(from_hz), ratio_(to_hz / from_hz), state_(nullptr, src_delete) {
  require<ConfigError>(takes(from_hz, to_hz),
                       "cannot resample from {} to {} Hz: the rates may differ by a factor of 256 "
                       "at most",
                       from_hz, to_hz);
  pad_ = padding(ratio_);
  int problem = 0;
  state_.reset(src_new(SRC_SINC_MEDIUM_QUALITY, static_cast<int>(channels), &problem));
  require<ConfigError>(state_ != nullptr, "cannot resample {} channels: {}", channels,
                       src_strerror(problem));
  made_.resize(static_cast<size_t>(kChunk * channels));
}

double Resampler::delay_seconds() const { return kLookAhead / (from_hz_ * std::min(1.0, ratio_)); }

double Resampler::start_seconds() const { return static_cast<double>(pad_ + 1) / from_hz_; }

void Resampler::add(std::span<const float> rows, std::vector<float>& out) {
  const auto width = static_cast<size_t>(channels_);
  const bool started = taken_ > pad_;
  taken_ += static_cast<int64_t>(rows.size() / width);
  last_.insert(last_.end(), rows.begin(), rows.end());
  const size_t kept = static_cast<size_t>(pad_ + 1) * width;
  if (started) {
    convert(rows, Input::goes_on, out);
  } else {
    first_.insert(first_.end(), rows.begin(), rows.end());
    if (taken_ > pad_) start(out);
  }
  if (last_.size() > kept)
    last_.erase(last_.begin(), last_.end() - static_cast<std::ptrdiff_t>(kept));
}

void Resampler::start(std::vector<float>& out) {
  const std::span<const float> rows = first_;
  const auto width = static_cast<size_t>(channels_), last = rows.size() / width - 1;
  std::vector<float> before;
  for (auto step = static_cast<size_t>(pad_); step > 0; --step)
    reflect(rows.first(width), rows.subspan(std::min(step, last) * width, width), before);
  unwanted_ = std::llround(static_cast<double>(pad_) * ratio_);
  convert(before, Input::goes_on, out);
  convert(rows, Input::goes_on, out);
  first_.clear();
}

void Resampler::finish(std::vector<float>& out) {
  if (taken_ == 0) return;
  if (taken_ <= pad_) start(out);
  const std::span<const float> rows = last_;
  const auto width = static_cast<size_t>(channels_), last = rows.size() / width - 1;
  std::vector<float> behind;
  for (size_t step = 1; step <= static_cast<size_t>(pad_); ++step)
    reflect(rows.last(width), rows.subspan((last - std::min(step, last)) * width, width), behind);
  convert(behind, Input::ends, out);
  const int64_t wanted = std::max<int64_t>(1, std::llround(static_cast<double>(taken_) * ratio_));
  require<StateError>(told_ >= wanted, "resampling ended {} samples early", wanted - told_);
  out.resize(out.size() - static_cast<size_t>(told_ - wanted) * width);
  src_reset(state_.get());
  last_.clear();
  taken_ = told_ = 0;
}

void Resampler::convert(std::span<const float> rows, Input input, std::vector<float>& out) {
  const auto width = static_cast<size_t>(channels_);
  for (bool more = true; more;) {
    SRC_DATA step{};
    step.data_in = rows.data();
    step.input_frames = static_cast<long>(rows.size() / width);
    step.data_out = made_.data();
    step.output_frames = kChunk;
    step.src_ratio = ratio_;
    step.end_of_input = input == Input::ends;
    const int problem = src_process(state_.get(), &step);
    require<StateError>(problem == 0, "resampling: {}", src_strerror(problem));
    rows = rows.subspan(static_cast<size_t>(step.input_frames_used) * width);
    const int64_t skipped = std::min<int64_t>(unwanted_, step.output_frames_gen);
    unwanted_ -= skipped;
    told_ += step.output_frames_gen - skipped;
    const std::span<const float> kept(made_.data(),
                                      static_cast<size_t>(step.output_frames_gen) * width);
    out.insert(out.end(), kept.begin() + skipped * channels_, kept.end());
    more = step.output_frames_gen == kChunk || !rows.empty();
    require<StateError>(!more || step.output_frames_gen > 0 || step.input_frames_used > 0,
                        "resampling stopped before its input did");
  }
}

}  // namespace tacit
