// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/long_form.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>

#include "tacit/data/readers/pieces.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

constexpr double kGap = 1.5;  // periods; a longer step in time is a gap

/// The files to read, by name.
std::vector<std::filesystem::path> files_at(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".csv") || name.ends_with(".csv.gz") || name.ends_with(".parquet"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  require<DataError>(!files.empty(), "{} holds no .csv, .csv.gz or .parquet file", path.string());
  return files;
}

double seconds_per_unit(TimeUnit unit, double rate_hz) {
  switch (unit) {
    case TimeUnit::samples: return 1 / rate_hz;
    case TimeUnit::s: return 1;
    case TimeUnit::ms: return 1e-3;
    case TimeUnit::us: return 1e-6;
    case TimeUnit::ns: return 1e-9;
  }
  return 1;
}

/// Number columns: the channels, then the time. Text columns: the recording's, the subject, the label.
Columns columns_of(const LongFormConfig& config) {
  Columns columns{config.channels, config.recording};
  if (!config.time.empty()) columns.numbers.push_back(config.time);
  if (!config.subject.empty()) columns.texts.push_back(config.subject);
  if (!config.label.empty()) columns.texts.push_back(config.label);
  return columns;
}

/// Where everything is in a block.
struct BlockView {
  BlockView(const LongFormConfig& config, const RowBlock& of) : block(of) {
    size_t text = config.recording.size();
    keys = text;
    if (!config.time.empty()) time = &block.numbers[config.channels.size()];
    if (!config.subject.empty()) subject = &block.texts[text++];
    if (!config.label.empty()) label = &block.texts[text];
  }

  bool same_recording(size_t a, size_t b) const {
    for (size_t key = 0; key < keys; ++key)
      if (block.texts[key][a] != block.texts[key][b]) return false;
    return subject == nullptr || (*subject)[a] == (*subject)[b];
  }
  std::vector<std::string> key(size_t row) const {
    std::vector<std::string> words;
    for (size_t key = 0; key < keys; ++key) words.push_back(block.texts[key][row]);
    return words;
  }

  const RowBlock& block;
  size_t keys;
  const std::vector<double>* time = nullptr;
  const std::vector<std::string>* subject = nullptr;
  const std::vector<std::string>* label = nullptr;
};

double estimated_rate(const LongFormConfig& config, const std::filesystem::path& file) {
  if (config.file_rate_hz > 0) return config.file_rate_hz;
  require<ConfigError>(!config.time.empty() && config.time_unit != TimeUnit::samples,
                       "data.file_rate_hz: {} does not say how many samples a second it has; set it",
                       file.string());
  const auto block = open_rows(file, columns_of(config))->next();
  require<DataError>(block.has_value(), "{} has no rows", file.string());
  const BlockView view(config, *block);
  std::vector<double> steps;
  for (size_t row = 1; row < static_cast<size_t>(block->rows); ++row) {
    const double step = (*view.time)[row] - (*view.time)[row - 1];
    if (step > 0 && view.same_recording(row - 1, row)) steps.push_back(step);
  }
  require<DataError>(!steps.empty(),
                     "{}: column \"{}\" never grows, so the rate cannot be estimated; check it or "
                     "set data.time = \"\" and data.file_rate_hz",
                     file.string(), config.time);
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  const double median = *middle;
  double sum = 0, count = 0;
  for (const double step : steps)
    if (step > 0.5 * median && step < kGap * median) sum += step, ++count;
  const double rate = count / (sum * seconds_per_unit(config.time_unit, 0));
  return std::abs(rate - std::round(rate)) < 1e-3 * rate ? std::round(rate) : rate;
}

/// Reads file after file into a PieceBuilder.
class LongFormReader {
 public:
  LongFormReader(const LongFormConfig& config, const std::string& spool)
      : config_(config),
        spool_(spool, static_cast<int64_t>(config.channels.size())),
        pieces_(config.missing, config.channels.size(), spool_),
        scale_(config.scale) {
    scale_.resize(config.channels.size(), 1);
  }

  void read(const std::filesystem::path& file, bool one_of_several) {
    file_ = file;
    const auto stream = open_rows(file, columns_of(config_));
    rate_hz_ = estimated_rate(config_, file);
    seconds_ = seconds_per_unit(config_.time_unit, rate_hz_);
    prefix_ = one_of_several || config_.recording.empty() ? file.stem().stem().string() : "";
    recording_.reset();
    while (const auto block = stream->next()) {
      const BlockView view(config_, *block);
      for (int64_t row = 0; row < block->rows; ++row) read_row(view, row);
    }
    pieces_.end();
    require<DataError>(recording_.has_value(), "{} has a heading but no rows", file.string());
  }

  Signals finish();

 private:
  void read_row(const BlockView& view, int64_t row);
  void begin(const BlockView& view, size_t row);
  void follow_time(double time);
  void read_values(const BlockView& view, size_t row);
  int64_t label(const BlockView& view, size_t row);
  std::vector<std::string> notes() const;

  const LongFormConfig& config_;
  Spool spool_;
  PieceBuilder pieces_;
  std::vector<double> scale_;
  std::set<std::string> names_;
  std::vector<std::string> classes_;  ///< in the order seen
  std::string last_word_;
  int64_t last_label_ = -1;
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
  int64_t rows_in_recording_ = 0;
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
  require<DataError>(names_.insert(next.name).second,
                     "{}: row {}: recording \"{}\" appears again after another; sort the rows, or "
                     "name all columns that tell recordings apart in data.recording",
                     file_.string(), row_, next.name);
  const double longest = config_.max_gap_seconds * rate_hz_;
  pieces_.begin(next.name, next.subject, rate_hz_, static_cast<int64_t>(longest + 1e-9));
  recording_ = std::move(next);
  last_time_.reset();
  rows_in_recording_ = 0;
}

void LongFormReader::follow_time(double time) {
  require<DataError>(std::isfinite(time), "{}: row {}, column \"{}\": there is no time",
                     file_.string(), row_, config_.time);
  if (last_time_) {
    require<DataError>(time > *last_time_,
                       "{}: row {}, column \"{}\": time goes from {} to {} within recording \"{}\"; "
                       "sort the rows by time",
                       file_.string(), row_, config_.time, *last_time_, time, recording_->name);
    require<DataError>(config_.time_unit != TimeUnit::samples || time - *last_time_ > 0.5,
                       "{}: row {}, column \"{}\": time steps by {} a row, which cannot be counted in "
                       "samples; set data.time_unit to s, ms, us or ns",
                       file_.string(), row_, config_.time, time - *last_time_);
    const double periods = (time - *last_time_) * seconds_ * rate_hz_;
    if (periods > kGap) {
      require<DataError>(config_.missing != Missing::refuse,
                         "{}: row {}, column \"{}\": time jumps from {} to {}; set data.missing to "
                         "interpolate or drop to accept gaps",
                         file_.string(), row_, config_.time, *last_time_, time);
      pieces_.skip(std::max<int64_t>(1, static_cast<int64_t>(std::llround(std::min(periods, 1e15))) - 1));
    }
  }
  last_time_ = time;
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

int64_t LongFormReader::label(const BlockView& view, size_t row) {
  if (view.label == nullptr) return -1;
  const std::string& word = (*view.label)[row];
  if (word == last_word_) return last_label_;
  last_word_ = word;
  const auto& kept = config_.classes;
  if (word.empty() ||
      (!kept.empty() && std::find(kept.begin(), kept.end(), word) == kept.end()))
    return last_label_ = -1;
  const auto known = std::find(classes_.begin(), classes_.end(), word);
  last_label_ = known - classes_.begin();
  if (known == classes_.end()) classes_.push_back(word);
  return last_label_;
}

void LongFormReader::read_row(const BlockView& view, int64_t row) {
  const auto index = static_cast<size_t>(row);
  row_ = view.block.first_row + row;
  const bool same = recording_ && (row > 0 ? view.same_recording(index - 1, index)
                                           : recording_->key == view.key(index) &&
                                                 (!view.subject || recording_->subject == (*view.subject)[index]));
  if (!same) begin(view, index);
  const double time = view.time ? (*view.time)[index] : static_cast<double>(rows_in_recording_);
  follow_time(time);
  ++rows_in_recording_;
  read_values(view, index);
  pieces_.row(values_, label(view, index), view.time ? time * seconds_ : time / rate_hz_);
}

std::vector<std::string> LongFormReader::notes() const {
  const GapCounts& counts = pieces_.counts();
  std::vector<std::string> notes;
  if (counts.filled_rows > 0)
    notes.push_back(text("filled {} missing samples in {} gaps by straight lines", counts.filled_rows,
                         counts.filled_runs));
  if (counts.cuts > 0)
    notes.push_back(text("ended recordings at {} gaps{}", counts.cuts,
                         config_.missing == Missing::interpolate
                             ? text(" longer than {} s", config_.max_gap_seconds)
                             : ""));
  if (counts.dropped_rows > 0)
    notes.push_back(text("left out {} rows with missing values", counts.dropped_rows));
  return notes;
}

Signals LongFormReader::finish() {
  spool_.finish();
  Signals signals{config_.channels, classes_, pieces_.recordings(), notes()};
  require<DataError>(!signals.recordings.empty(), "{}: every row has a missing value",
                     file_.string());
  for (const std::string& name : config_.classes)
    require<ConfigError>(std::find(classes_.begin(), classes_.end(), name) != classes_.end(),
                         "data.classes: {}", unknown_name("label", name, classes_));
  std::sort(signals.classes.begin(), signals.classes.end());
  for (Recording& recording : signals.recordings)
    for (LabelSpan& span : recording.labels)
      if (span.label >= 0)
        span.label = std::lower_bound(signals.classes.begin(), signals.classes.end(),
                                      classes_[static_cast<size_t>(span.label)]) -
                     signals.classes.begin();
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
  const auto files = files_at(config.path);
  for (const auto& file : files) reader.read(file, files.size() > 1);
  return reader.finish();
}

}  // namespace tacit
