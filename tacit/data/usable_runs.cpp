// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/usable_runs.h"

#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "tacit/data/fill_gap.h"

namespace tacit {
namespace {

constexpr const char* kMissing = "missing";
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

int64_t longest_gap(const LongFormConfig& config, double rate_hz) {
  if (config.missing != Missing::interpolate) return 0;
  return static_cast<int64_t>(config.max_gap_seconds * rate_hz + 1e-9);
}

}  // namespace

UsableRuns::UsableRuns(const DataConfig& config, int64_t channels, double rate_hz)
    : quality_(config.quality),
      channels_(channels),
      rate_hz_(rate_hz),
      longest_gap_(longest_gap(config.file, rate_hz)),
      judged_(std::max<int64_t>(1, std::llround(config.quality.seconds * rate_hz))) {
  constexpr std::array kAny{0.0F};
  if (quality_.enabled) measure_quality(kAny, rate_hz);  // refuses a rate that is too low
}

void UsableRuns::add(std::span<const float> sample) {
  ++samples_;
  ++position_;
  const auto finite = [](float value) { return std::isfinite(value); };
  if (std::ranges::all_of(sample, finite)) {
    if (!waiting_.empty()) fill(sample);
    keep(sample);
    open_ = true;
    last_.assign(sample.begin(), sample.end());
    return;
  }
  if (overfills(1)) end_stretch();
  if (!open_) return lose(position_, kMissing);
  for (const float value : sample) waiting_.push_back(finite(value) ? value : kNan);
}

void UsableRuns::skip(int64_t samples) {
  if (overfills(samples)) end_stretch();
  position_ += samples;
  if (open_)
    waiting_.resize(waiting_.size() + static_cast<size_t>(samples * channels_), kNan);
  else
    runs_.push_back({.begin = std::exchange(known_, position_),
                     .end = position_,
                     .fault = kMissing,
                     .is_jump = true});
}

void UsableRuns::finish() { end_stretch(); }

std::vector<SampleRun> UsableRuns::take() { return std::exchange(runs_, {}); }

/// Whether `missing` samples more make a gap too long to be filled.
bool UsableRuns::overfills(int64_t missing) const {
  return open_ && rows_in(waiting_) + missing > longest_gap_;
}

void UsableRuns::fill(std::span<const float> until) {
  fill_gap(last_, waiting_, until);
  filled_ += rows_in(waiting_);
  keep(waiting_);
  waiting_.clear();
}

void UsableRuns::keep(std::span<const float> rows) {
  if (!quality_.enabled) return append(rows);
  const auto width = static_cast<size_t>(channels_);
  for (; !rows.empty(); rows = rows.subspan(width)) {
    stretch_.insert(stretch_.end(), rows.begin(), rows.begin() + channels_);
    if (rows_in(stretch_) == judged_) judge();
  }
}

void UsableRuns::judge() {
  const Tensor rows = at::from_blob(stretch_.data(), {rows_in(stretch_), channels_});
  const Fault fault = fault_of(rows.t(), rate_hz_, quality_);
  if (fault == Fault::none)
    append(stretch_);
  else
    lose(known_ + rows_in(stretch_), enum_name(fault));
  stretch_.clear();
}

void UsableRuns::append(std::span<const float> rows) {
  if (runs_.empty() || !runs_.back().fault.empty())
    runs_.push_back({.begin = known_, .end = known_});
  SampleRun& run = runs_.back();
  run.rows.insert(run.rows.end(), rows.begin(), rows.end());
  run.end = known_ += static_cast<int64_t>(rows.size()) / channels_;
}

void UsableRuns::lose(int64_t end, const std::string& fault) {
  if (end <= known_) return;
  const bool goes_on = !runs_.empty() && runs_.back().fault == fault && !runs_.back().is_jump;
  if (!goes_on) runs_.push_back({.begin = known_, .fault = fault});
  runs_.back().end = known_ = end;
}

void UsableRuns::end_stretch() {
  if (!stretch_.empty()) judge();
  waiting_.clear();
  open_ = false;
  lose(position_, kMissing);
}

}  // namespace tacit
