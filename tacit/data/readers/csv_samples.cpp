// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/csv_samples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/readers/cells.h"
#include "tacit/data/readers/long_form_rows.h"

namespace tacit {
namespace {

constexpr size_t kLongestLine = size_t{1} << 20;
constexpr int64_t kTold = 10;  // lines that are told of one by one
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

}  // namespace

CsvSamples::CsvSamples(const LongFormConfig& config, double rate_hz,
                       std::function<void(const std::string&)> tell)
    : config_(config), rate_hz_(rate_hz), tell_(std::move(tell)) {}

void CsvSamples::read(std::string_view bytes, const Take& take) {
  size_t begin = 0, end = buffer_.size();
  buffer_ += bytes;
  while ((end = buffer_.find('\n', end)) != std::string::npos) {
    line(std::string_view(buffer_).substr(begin, end - begin), take);
    begin = ++end;
  }
  buffer_.erase(0, begin);
  require<DataError>(buffer_.size() <= kLongestLine,
                     "line {} of the stream is longer than a megabyte; are these lines of text?",
                     number_ + 1);
}

void CsvSamples::finish(const Take& take) {
  ended_ = true;
  line(buffer_, take);
  buffer_.clear();
}

void CsvSamples::line(std::string_view words, const Take& take) {
  ++number_;
  if (words.ends_with('\r')) words.remove_suffix(1);
  if (number_ == 1 && words.starts_with("\xEF\xBB\xBF")) words.remove_prefix(3);
  if (number_ <= config_.text.skip_lines || trimmed(words).empty()) return;
  const Cells cells = split_cells(words, config_.text.delimiter);
  if (is_heading(cells)) {
    settle(cells);
    has_heading_ = true;
    return;
  }
  if (!has_heading_ && !has_begun_)
    settle(cells.size() == config_.text.columns.size() ? config_.text.columns : config_.channels);
  if (const std::string problem = read_cells(cells); !problem.empty())
    return leave_out(problem, take);
  has_begun_ = true;
  if (const auto missing = follow_time()) take(sample_, *missing);
}

/// Of the first line, unless the recipe says that files have none.
bool CsvSamples::is_heading(const Cells& cells) const {
  if (has_heading_ || has_begun_ || unreadable_ > 0 || !config_.text.columns.empty()) return false;
  return std::ranges::any_of(cells, [&](const std::string& cell) {
    return !is_missing(cell) && !number_in(cell, config_.text.decimal);
  });
}

void CsvSamples::settle(const Cells& names) {
  width_ = names.size();
  columns_.clear();
  for (const std::string& channel : config_.channels) {
    const auto found = std::ranges::find(names, channel);
    require<ConfigError>(found != names.end(),
                         "line {} of the stream heads no column \"{}\", a channel of the run; it "
                         "has: {}",
                         number_, channel, join(names).substr(0, 200));
    require<ConfigError>(std::ranges::count(names, channel) == 1,
                         "line {} of the stream heads {} columns \"{}\"; give each a name of its "
                         "own",
                         number_, std::ranges::count(names, channel), channel);
    columns_.push_back(static_cast<size_t>(found - names.begin()));
  }
  time_.reset();
  const auto time = std::ranges::find(names, config_.time);
  if (!config_.time.empty() && time != names.end())
    time_ = static_cast<size_t>(time - names.begin());
}

/// What is wrong with a line; "" if it holds a sample, which is then in sample_.
std::string CsvSamples::read_cells(const Cells& cells) {
  if (cells.size() != width_) return text("{} cells instead of {}", cells.size(), width_);
  sample_.clear();
  for (size_t channel = 0; channel < columns_.size(); ++channel) {
    const std::string& cell = cells[columns_[channel]];
    const auto value =
        is_missing(cell) ? std::optional<double>(kNan) : number_in(cell, config_.text.decimal);
    if (!value)
      return text("\"{}\" in channel {} is not a number", cell.substr(0, 60),
                  config_.channels[channel]);
    const double scale = config_.scale.empty() ? 1 : config_.scale[channel];
    const auto scaled = static_cast<float>(*value * scale);
    sample_.push_back(std::isfinite(scaled) ? scaled : kNan);
  }
  return time_ ? read_time(cells[*time_]) : "";
}

std::string CsvSamples::read_time(const std::string& cell) {
  const auto time =
      config_.time_unit == TimeUnit::iso ? moment_in(cell) : number_in(cell, config_.text.decimal);
  if (!time || !std::isfinite(*time))
    return text("\"{}\" in column {} is no time", cell.substr(0, 60), config_.time);
  now_ = *time;
  return "";
}

/// How many samples are missing before the line's; nothing when it repeats the one before.
std::optional<int64_t> CsvSamples::follow_time() {
  if (!time_) return 0;
  const auto before = std::exchange(before_, now_);
  if (!before) return 0;
  if (now_ == *before && config_.repeated_time == RepeatedTime::drop) return std::nullopt;
  require<DataError>(now_ > *before,
                     "line {} of the stream, column \"{}\": time goes from {} to {}; set data.time "
                     "= \"\" to count lines instead",
                     number_, config_.time, *before, now_);
  const double periods =
      (now_ - *before) * seconds_per_unit(config_.time_unit, rate_hz_) * rate_hz_;
  ++steps_;
  odd_steps_ += periods < 0.67 || (periods > kGapPeriods && periods < 10);
  require<DataError>(steps_ < 20 || 5 * odd_steps_ < 4 * steps_,
                     "line {} of the stream, column \"{}\": times have another rate than {} Hz; "
                     "give the stream's rate and data.time_unit, or set data.time = \"\"",
                     number_, config_.time, rate_hz_);
  if (periods <= kGapPeriods) return 0;
  return std::max<int64_t>(1, std::llround(std::min(periods, 1e15)) - 1);
}

void CsvSamples::leave_out(const std::string& problem, const Take& take) {
  ++unreadable_;
  require<DataError>(has_begun_ || unreadable_ == 1 || ended_,
                     "line {} of the stream has {}; expected are {} columns: {}", number_, problem,
                     width_, join(config_.channels));
  if (tell_ && unreadable_ <= kTold)
    tell_(text("line {}: {}{}", number_, problem,
               unreadable_ < kTold ? "" : "; further such lines are counted only"));
  if (!has_begun_ || ended_ || time_) return;
  sample_.assign(columns_.size(), kNan);
  take(sample_, 0);
}

}  // namespace tacit
