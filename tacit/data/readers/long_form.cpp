// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/long_form.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>

#include "tacit/data/readers/labelled_builder.h"
#include "tacit/data/readers/long_form_rows.h"

namespace tacit {
namespace {

/// Estimated from the first rows of the file.
double estimated_rate(const LongFormConfig& config, const DataFile& file, const RowBlock& rows) {
  if (config.file_rate_hz > 0) return config.file_rate_hz;
  require<ConfigError>(
      !config.time.empty() && config.time_unit != TimeUnit::samples,
      "data.file_rate_hz: {} does not say how many samples a second it has; set it",
      file.path.string());
  const BlockView view(config, rows);
  const double seconds = seconds_per_unit(config.time_unit, 0);
  std::vector<double> steps;
  for (size_t row = 1; row < static_cast<size_t>(rows.rows); ++row) {
    const double step = (*view.time)[row] - (*view.time)[row - 1];
    if (step > 0 && view.same_recording(row - 1, row)) steps.push_back(step * seconds);
  }
  require<DataError>(!steps.empty(),
                     "{}: column \"{}\" never grows, so the rate cannot be estimated; check it or "
                     "set data.time = \"\" and data.file_rate_hz",
                     file.path.string(), config.time);
  return rate_of(std::move(steps));
}

/// Reads file after file into a PieceBuilder.
class LongFormReader {
 public:
  LongFormReader(const LongFormConfig& config, const std::string& spool)
      : config_(config),
        spool_(spool, static_cast<int64_t>(config.channels.size())),
        pieces_(config.missing, config.channels.size(), spool_),
        scale_(config.scale),
        classes_(config.classes) {
    scale_.resize(config.channels.size(), 1);
  }

  void read(const DataFile& file, bool one_of_several) {
    file_ = file.path;
    const auto stream = long_form_rows(config_, file);
    auto block = stream->next();
    require<DataError>(block.has_value(), "{} has no rows", file_.string());
    rate_hz_ = estimated_rate(config_, file, *block);
    seconds_ = seconds_per_unit(config_.time_unit, rate_hz_);
    prefix_ = one_of_several || config_.recording.empty() ? file.name : "";
    recording_.reset();
    for (; block; block = stream->next()) {
      const BlockView view(config_, *block);
      for (int64_t row = 0; row < block->rows; ++row) read_row(view, row);
    }
    end();
  }

  Signals finish();

 private:
  void read_row(const BlockView& view, int64_t row);
  void begin(const BlockView& view, size_t row);
  void begin(std::string name);
  void end();
  bool follow_time(double time);
  void step_back(double time);
  void count_step(double periods);
  void read_values(const BlockView& view, size_t row);
  std::vector<std::string> notes() const;

  const LongFormConfig& config_;
  Spool spool_;
  PieceBuilder pieces_;
  std::vector<double> scale_;
  std::set<std::string> names_;
  ClassNames classes_;
  int64_t repeated_rows_ = 0, new_recordings_ = 0;
  // of the file being read
  std::filesystem::path file_;
  std::string prefix_;
  double rate_hz_ = 0, seconds_ = 1;
  int64_t row_ = 0;  ///< as people count
  // of the recording being read
  struct Identity {
    std::vector<std::string> key;
    std::string subject, name;
  };
  std::optional<Identity> recording_;
  std::optional<double> last_time_;
  int64_t rows_in_recording_ = 0, restarts_ = 0;
  int64_t steps_ = 0, odd_steps_ = 0;  ///< all, and those of another rate
  std::vector<float> values_;
};

void LongFormReader::begin(const BlockView& view, size_t row) {
  Identity next{view.key(row), view.subject ? (*view.subject)[row] : "", ""};
  require<DataError>(view.subject == nullptr || !next.subject.empty(),
                     "{}: row {}, column \"{}\": there is no subject", file_.string(), row_,
                     config_.subject);
  std::vector<std::string> words = next.key;
  if (!prefix_.empty()) words.insert(words.begin(), prefix_);
  if (config_.recording.empty() && view.subject) words.push_back(next.subject);
  next.name = join(words, "/");
  end();
  recording_ = std::move(next);
  restarts_ = 0;
  begin(recording_->name);
}

void LongFormReader::begin(std::string name) {
  require<DataError>(
      names_.insert(name).second,
      "{}: row {}: recording \"{}\" appears again after another; set "
      "data.backward_time = \"sort\", or name all columns that tell recordings apart "
      "in data.recording",
      file_.string(), row_, name);
  const double longest = config_.max_gap_seconds * rate_hz_;
  pieces_.begin(std::move(name), recording_->subject, rate_hz_,
                static_cast<int64_t>(longest + 1e-9));
  last_time_.reset();
  rows_in_recording_ = 0;
}

/// Two rates in one file would pass for gaps, or for a slower motion.
void LongFormReader::end() {
  pieces_.end();
  require<DataError>(
      steps_ < 20 || 5 * odd_steps_ < 4 * steps_,
      "{}: recording \"{}\", which ends before row {}, has another rate than the {} Hz "
      "of the file; keep recordings of different rates in files of their own, or set "
      "data.file_rate_hz",
      file_.string(), recording_ ? recording_->name : "", row_, rate_hz_);
  steps_ = odd_steps_ = 0;
}

void LongFormReader::count_step(double periods) {
  ++steps_;
  odd_steps_ += periods < 0.67 || (periods > kGapPeriods && periods < 10);
}

void LongFormReader::step_back(double time) {
  require<DataError>(config_.backward_time == BackwardTime::new_recording,
                     "{}: row {}, column \"{}\": time goes from {} to {} within recording \"{}\"; "
                     "sort the rows by time, or set data.backward_time",
                     file_.string(), row_, config_.time, *last_time_, time, recording_->name);
  end();
  ++new_recordings_;
  begin(text("{}#{}", recording_->name, ++restarts_ + 1));
}

/// Whether the row counts.
bool LongFormReader::follow_time(double time) {
  require<DataError>(std::isfinite(time), "{}: row {}, column \"{}\": there is no time",
                     file_.string(), row_, config_.time);
  if (last_time_ && time == *last_time_ && config_.repeated_time == RepeatedTime::drop) {
    ++repeated_rows_;
    return false;
  }
  require<DataError>(
      !last_time_ || time != *last_time_,
      "{}: row {}, column \"{}\": time goes from {} to {} within recording \"{}\"; set "
      "data.repeated_time = \"drop\" to leave out rows whose time repeats",
      file_.string(), row_, config_.time, last_time_.value_or(0), time, recording_->name);
  if (last_time_ && time < *last_time_) step_back(time);
  if (last_time_) {
    require<DataError>(
        config_.time_unit != TimeUnit::samples || time - *last_time_ > 0.5,
        "{}: row {}, column \"{}\": time steps by {} a row, which cannot be counted in "
        "samples; set data.time_unit to s, ms, us or ns",
        file_.string(), row_, config_.time, time - *last_time_);
    const double periods = (time - *last_time_) * seconds_ * rate_hz_;
    count_step(periods);
    if (periods > kGapPeriods) {
      require<DataError>(config_.missing != Missing::refuse,
                         "{}: row {}, column \"{}\": time jumps from {} to {}; set data.missing to "
                         "interpolate or drop to accept gaps",
                         file_.string(), row_, config_.time, *last_time_, time);
      pieces_.skip(
          std::max<int64_t>(1, static_cast<int64_t>(std::llround(std::min(periods, 1e15))) - 1));
    }
  }
  last_time_ = time;
  return true;
}

void LongFormReader::read_values(const BlockView& view, size_t row) {
  values_.clear();
  for (size_t channel = 0; channel < config_.channels.size(); ++channel) {
    const double value = view.block.numbers[channel][row];
    values_.push_back(static_cast<float>(value * scale_[channel]));
    require<DataError>(!std::isinf(values_.back()),
                       "{}: row {}, column \"{}\": {} is too large for a sample; correct it or "
                       "leave it empty",
                       file_.string(), row_, config_.channels[channel], value);
    require<DataError>(config_.missing != Missing::refuse || !std::isnan(value),
                       "{}: row {}, column \"{}\": the value is missing; set data.missing to "
                       "interpolate or drop to accept it",
                       file_.string(), row_, config_.channels[channel]);
  }
}

void LongFormReader::read_row(const BlockView& view, int64_t row) {
  const auto index = static_cast<size_t>(row);
  row_ = view.block.number(index);
  const bool same =
      recording_ &&
      (row > 0 ? view.same_recording(index - 1, index)
               : recording_->key == view.key(index) &&
                     (!view.subject || recording_->subject == (*view.subject)[index]));
  if (!same) begin(view, index);
  const double time = view.time ? (*view.time)[index] : static_cast<double>(rows_in_recording_);
  if (!follow_time(time)) return;
  ++rows_in_recording_;
  read_values(view, index);
  pieces_.row(values_, view.label ? classes_.number((*view.label)[index]) : -1,
              view.time ? time * seconds_ : time / rate_hz_);
}

std::vector<std::string> LongFormReader::notes() const {
  std::vector<std::string> notes = gap_notes(pieces_.counts(), config_);
  if (repeated_rows_ > 0)
    notes.push_back(
        text("left out {} rows that repeat the time of the row before", repeated_rows_));
  if (new_recordings_ > 0)
    notes.push_back(text("began {} recordings anew where time goes back", new_recordings_));
  return notes;
}

Signals LongFormReader::finish() {
  spool_.finish();
  Signals signals{config_.channels, {}, pieces_.recordings(), notes()};
  require<DataError>(!signals.recordings.empty(), "{}: every row has a missing value",
                     file_.string());
  signals.classes = classes_.finish(signals.recordings);
  return signals;
}

}  // namespace

Signals read_long_form(const LongFormConfig& config, const std::string& spool) {
  require<ConfigError>(!config.path.empty(), "data.path: name the file or folder to read");
  require<ConfigError>(!config.channels.empty(), "data.channels: name at least one column");
  require<ConfigError>(config.scale.empty() || config.scale.size() == config.channels.size(),
                       "data.scale: {} factors for {} channels", config.scale.size(),
                       config.channels.size());
  LongFormReader reader(config, spool);
  const auto files = data_files(config.path, config.path_pattern);
  for (const auto& file : files) reader.read(file, files.size() > 1);
  return reader.finish();
}

}  // namespace tacit
