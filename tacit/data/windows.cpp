// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/windows.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace tacit {
namespace {

/// The label that the whole window carries, or -1.
int64_t label_of(const std::vector<LabelSpan>& spans, int64_t begin, int64_t end) {
  for (const LabelSpan& span : spans)
    if (span.begin <= begin && end <= span.end) return span.label;
  return -1;
}

void cut(int64_t recording, const LabelSpan& span, int64_t length, int64_t hop,
         std::vector<Window>& windows) {
  for (int64_t begin = span.begin; begin + length <= span.end; begin += hop)
    windows.push_back({recording, begin, span.label});
}

/// One window around the beginning of each label that has room for it.
void cut_at_labels(int64_t index, const Recording& recording, int64_t length, double before,
                   std::vector<Window>& windows) {
  const int64_t ahead = std::llround(before * static_cast<double>(length));
  for (const LabelSpan& span : recording.labels) {
    const int64_t begin = span.begin - ahead;
    if (span.label >= 0 && begin >= 0 && begin + length <= recording.length())
      windows.push_back({index, begin, span.label});
  }
}

/// The spans between which labels come and go, whatever they are.
std::vector<LabelSpan> labelled_or_not(const std::vector<LabelSpan>& spans) {
  std::vector<LabelSpan> merged;
  for (const LabelSpan& span : spans) {
    if (!merged.empty() && (merged.back().label < 0) == (span.label < 0))
      merged.back().end = span.end;
    else
      merged.push_back(span);
  }
  return merged;
}

std::vector<double> numbers_named(const std::vector<std::string>& classes) {
  std::vector<double> numbers;
  for (const std::string& name : classes) {
    double& number = numbers.emplace_back();
    const char* const end = name.data() + name.size();
    const auto [rest, failed] = std::from_chars(name.data(), end, number);
    require<DataError>(failed == std::errc() && rest == end && std::isfinite(number),
                       "data.target = \"number\", but the label \"{}\" is none", name);
  }
  return numbers;
}

/// The mean of the labels' numbers over samples begin … end-1; NaN where one has none.
float mean_number(const std::vector<LabelSpan>& spans, const std::vector<double>& numbers,
                  int64_t begin, int64_t end) {
  double sum = 0;
  auto span = std::ranges::upper_bound(spans, begin, {}, &LabelSpan::end);
  for (; span != spans.end() && span->begin < end; ++span) {
    if (span->label < 0) return std::numeric_limits<float>::quiet_NaN();
    const int64_t shared = std::min(end, span->end) - std::max(begin, span->begin);
    sum += numbers[static_cast<size_t>(span->label)] * static_cast<double>(shared);
  }
  return static_cast<float>(sum / static_cast<double>(end - begin));
}

double common_rate(const Signals& signals) {
  require<DataError>(!signals.recordings.empty(), "windows: the data holds no recording");
  const Recording& first = signals.recordings.front();
  for (const Recording& other : signals.recordings)
    require<DataError>(std::abs(other.rate_hz - first.rate_hz) <= 1e-3 * first.rate_hz,
                       "windows: recording \"{}\" has {} Hz but \"{}\" has {} Hz; set data.rate_hz "
                       "to bring them to one rate",
                       first.name, first.rate_hz, other.name, other.rate_hz);
  return first.rate_hz;
}

void require_channels(const Signals& signals) {
  const auto count = static_cast<int64_t>(signals.channels.size());
  for (const Recording& recording : signals.recordings)
    require<ShapeError>(recording.samples.dim() == 2 && recording.samples.size(0) == count,
                        "windows: recording \"{}\" does not have the shape [{}, T] of {} channels",
                        recording.name, count, count);
}

/// The longest stretch within which a window could be cut, in which labels may change or not.
int64_t longest_stretch(const Signals& signals, bool across_labels) {
  int64_t longest = 0;
  for (const Recording& recording : signals.recordings) {
    if (across_labels) longest = std::max(longest, recording.length());
    for (const LabelSpan& span : recording.labels)
      longest = std::max(longest, span.end - span.begin);
  }
  return longest;
}

}  // namespace

int64_t Duration::samples(double rate_hz) const {
  if (!in_seconds) return std::llround(value);
  require<ConfigError>(rate_hz > 0, "a length of {} s needs data with a rate; give it in samples",
                       value);
  return std::llround(value * rate_hz);
}

Duration Duration::read(const Json& json, const std::string& where) {
  if (json.is_number()) {
    const double samples = json.get<double>();
    require<ConfigError>(
        samples >= 1 && samples == std::floor(samples),
        "{}: {} is not a positive whole number of samples; write seconds as \"{} s\"", where,
        json.dump(), json.dump());
    return {.value = samples};
  }
  require<ConfigError>(json.is_string(), "{}: expected {}, got {}", where, type_name(),
                       json.dump());
  const std::string words = json.get<std::string>();
  double value = 0;
  const auto [rest, failed] = std::from_chars(words.data(), words.data() + words.size(), value);
  std::string_view unit(rest, static_cast<size_t>(words.data() + words.size() - rest));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  const double factor = unit == "s" ? 1 : unit == "ms" ? 1e-3 : unit == "min" ? 60 : 0;
  require<ConfigError>(
      failed == std::errc() && factor > 0 && value > 0 && std::isfinite(value),
      "{}: \"{}\" is not a length of time; write samples as 400, or time as \"8 s\", "
      "\"500 ms\" or \"1 min\"",
      where, words);
  return {.value = value * factor, .in_seconds = true};
}

Json Duration::write() const {
  if (in_seconds) return Json(Json(value).dump() + " s");
  return Json(std::llround(value));
}

SignalWindows::SignalWindows(Signals signals, const WindowConfig& config, Target target)
    : signals_(std::move(signals)), target_(target) {
  const double rate_hz = common_rate(signals_);
  require_channels(signals_);
  const int64_t length = config.length.samples(rate_hz);
  require<ConfigError>(length >= 1, "data.window.length: {} samples; a window needs at least 1",
                       length);
  require<ConfigError>(!config.per_label || !config.across_labels,
                       "data.window: per_label and across_labels exclude each other");
  const int64_t hop =
      std::max<int64_t>(1, std::llround(static_cast<double>(length) * (1 - config.overlap)));
  for (size_t i = 0; i < signals_.recordings.size(); ++i) {
    const Recording& recording = signals_.recordings[i];
    const auto index = static_cast<int64_t>(i);
    if (config.per_label) {
      cut_at_labels(index, recording, length, config.before, windows_);
      continue;
    }
    if (!config.across_labels) {
      const bool merge = target == Target::number;
      for (const LabelSpan& span : merge ? labelled_or_not(recording.labels) : recording.labels)
        cut(index, span, length, hop, windows_);
      continue;
    }
    const size_t first = windows_.size();
    cut(index, {0, recording.length(), -1}, length, hop, windows_);
    for (size_t w = first; w < windows_.size(); ++w)
      windows_[w].label = label_of(recording.labels, windows_[w].begin, windows_[w].begin + length);
  }
  const bool across = config.across_labels || config.per_label;
  const int64_t longest = longest_stretch(signals_, across);
  require<DataError>(
      !windows_.empty(),
      "no window of {} samples ({} s) fits: the longest stretch {} is {} samples ({} "
      "s); shorten data.window.length",
      length, static_cast<double>(length) / rate_hz,
      across ? "without a gap" : "of one label without a gap", longest,
      static_cast<double>(longest) / rate_hz);
  spec_ = {.modality = Modality::signal,
           .shape = {static_cast<int64_t>(signals_.channels.size()), length},
           .rate_hz = rate_hz,
           .channels = signals_.channels};
  if (target == Target::category) return;
  const std::vector<double> numbers = numbers_named(signals_.classes);
  for (const auto& [from, begin, label] : windows_) {
    const std::vector<LabelSpan>& spans = signals_.recordings[static_cast<size_t>(from)].labels;
    numbers_.push_back(config.per_label ? static_cast<float>(numbers[static_cast<size_t>(label)])
                                        : mean_number(spans, numbers, begin, begin + length));
  }
}

const std::vector<std::string>& SignalWindows::classes() const {
  static const std::vector<std::string> none;
  return target_ == Target::category ? signals_.classes : none;
}

int64_t SignalWindows::label(int64_t row) const {
  return target_ == Target::category ? windows_.at(static_cast<size_t>(row)).label : -1;
}

float SignalWindows::number(int64_t row) const {
  return target_ == Target::category ? Examples::number(row)
                                     : numbers_.at(static_cast<size_t>(row));
}

const Recording& SignalWindows::recording(int64_t row) const {
  return signals_.recordings[static_cast<size_t>(windows_.at(static_cast<size_t>(row)).recording)];
}

Origin SignalWindows::origin(int64_t row) const {
  const Window& window = windows_.at(static_cast<size_t>(row));
  const Recording& from = recording(row);
  return {.subject = from.subject,
          .recording = from.name,
          .piece = window.recording,
          .begin = window.begin,
          .end = window.begin + length()};
}

Batch SignalWindows::read(std::span<const int64_t> rows) const {
  const auto count = static_cast<int64_t>(rows.size());
  const int64_t channels = spec_.shape[0], steps = length();
  Batch batch{.x = at::empty({count, channels, steps}, at::kFloat),
              .y = {},
              .row = at::empty({count}, at::kLong)};
  float* out = batch.x.mutable_data_ptr<float>();
  int64_t* number = batch.row.mutable_data_ptr<int64_t>();
  for (const int64_t row : rows) {
    require<ShapeError>(row >= 0 && row < size(),
                        "windows: row {} is asked for, but rows are 0 … {}", row, size() - 1);
    const Window& window = windows_[static_cast<size_t>(row)];
    const Tensor& samples = recording(row).samples;
    const float* in = samples.const_data_ptr<float>() + window.begin * samples.stride(1);
    for (int64_t channel = 0; channel < channels; ++channel)
      for (int64_t step = 0; step < steps; ++step)
        *out++ = in[channel * samples.stride(0) + step * samples.stride(1)];
    *number++ = row;
  }
  batch.y = labels_of(*this, rows);
  return batch;
}

}  // namespace tacit
