// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/audio.h"

#include <ATen/ops/mean.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <span>

#include "tacit/core/error.h"
#include "tacit/data/readers/audio_file.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/images/image_folder.h"
#include "tacit/data/readers/labelled_builder.h"
#include "tacit/data/readers/rows.h"
#include "tacit/data/spool.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr double kLoudness = 0.1;  // root mean square
/// A recording below it counts as silent: a third of one step of 16 bits.
constexpr double kSilence = 1e-5;
constexpr int64_t kSilentRows = 4096;  // that are added at a time

/// A recording that is still to be read.
struct Entry {
  fs::path file;
  std::string name, subject, label;
  int64_t first = 0;
  std::optional<int64_t> count{};  ///< nothing: up to the end
  std::string where{};             ///< it is named, with ": " behind
};

/// The parts that are not empty.
std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts)
    if (!part.empty()) out += (out.empty() ? "" : "/") + part;
  return out;
}

/// The word of a path that a field names, or "" where it names none.
std::string word_of(const DataFile& file, const std::string& hole, const char* field) {
  if (hole.empty()) return "";
  const auto found = file.words.find(hole);
  require<ConfigError>(found != file.words.end(),
                       "data.{} = \"{}\": data.path_pattern has no such word; name it there, or "
                       "nothing here",
                       field, hole);
  return found->second;
}

std::vector<Entry> entries_of_folder(const fs::path& path, const AudioConfig& config) {
  std::vector<Entry> entries;
  const bool is_folder = fs::is_directory(path);
  for (const DataFile& file : data_files(path, config.path_pattern, sound_endings())) {
    const fs::path relative = is_folder ? file.path.lexically_relative(path) : file.path.filename();
    Entry& entry = entries.emplace_back();
    entry.file = file.path;
    entry.name = relative.generic_string();
    if (config.path_pattern.empty()) {
      if (!config.label.empty()) entry.label = origin_by_folders(entry.name).label;
      continue;
    }
    entry.subject = word_of(file, config.subject, "subject");
    entry.label = word_of(file, config.label, "label");
    std::vector<std::string> parts;
    for (const std::string& hole : config.recording)
      parts.push_back(word_of(file, hole, "audio.recording"));
    if (const std::string name = joined(parts); !name.empty()) entry.name = name;
  }
  return entries;
}

/// What stands between the columns of a path, and these columns in turn. A text without braces is
/// the name of a column.
struct PathParts {
  std::vector<std::string> literals, columns;

  std::string filled(std::span<const std::string> cells) const {
    std::string out = literals.front();
    for (size_t i = 0; i < columns.size(); ++i) out += cells[i] + literals[i + 1];
    return out;
  }
};

PathParts path_parts(const std::string& file) {
  if (file.find_first_of("{}") == std::string::npos) return {{"", ""}, {file}};
  PathParts parts;
  for (size_t at = 0;;) {
    const size_t open = file.find('{', at), close = file.find('}', at);
    parts.literals.push_back(file.substr(at, open - at));
    if (open == std::string::npos && close == std::string::npos) return parts;
    require<ConfigError>(open < close && close != std::string::npos,
                         "data.audio.file: \"{}\" has a brace without its partner", file);
    parts.columns.push_back(file.substr(open + 1, close - open - 1));
    at = close + 1;
  }
}

/// Reads the rows of an index.
class Index {
 public:
  Index(const fs::path& path, const AudioConfig& config)
      : root_(fs::is_directory(path) ? path : path.parent_path()),
        index_(root_ / config.index),  // an absolute path stands for itself
        config_(config),
        parts_(path_parts(config.file)) {
    require<ConfigError>(!config.file.empty(), "data.audio.file: name the column of the file");
    columns_.texts = parts_.columns;
    for (const std::string& column : config.recording) columns_.texts.push_back(column);
    for (const std::string* column : {&config.subject, &config.label})
      if (!column->empty()) columns_.texts.push_back(*column);
    for (const std::string* column : {&config.first_sample, &config.sample_count})
      if (!column->empty()) columns_.numbers.push_back(*column);
  }

  std::vector<Entry> entries() const {
    std::vector<Entry> entries;
    const auto rows = open_rows(index_, columns_, config_.text);
    while (const auto block = rows->next())
      for (size_t row = 0; row < static_cast<size_t>(block->rows); ++row)
        entries.push_back(entry(*block, row));
    require<DataError>(!entries.empty(), "{}: it has no row, so there is no recording",
                       index_.string());
    return entries;
  }

 private:
  Entry entry(const RowBlock& block, size_t row) const {
    Entry out;
    out.where = text("{}: row {}: ", index_.string(), block.number(row));
    std::vector<std::string> cells;
    for (const auto& column : block.texts) cells.push_back(column[row]);
    for (size_t i = 0; i < parts_.columns.size(); ++i)
      require<DataError>(!cells[i].empty(), "{}the cell of column \"{}\" is empty", out.where,
                         parts_.columns[i]);
    size_t next = parts_.columns.size();
    out.name = parts_.filled(cells);
    out.file = root_ / out.name;
    std::vector<std::string> names;
    for (size_t i = 0; i < config_.recording.size(); ++i) names.push_back(cells[next++]);
    if (!config_.subject.empty()) out.subject = cells[next++];
    if (!config_.label.empty()) out.label = cells[next++];
    const bool has_first = !config_.first_sample.empty();
    if (has_first) out.first = samples(config_.first_sample, block.numbers[0][row], out);
    if (!config_.sample_count.empty())
      out.count = samples(config_.sample_count, block.numbers.back()[row], out);
    if (const std::string name = joined(names); !name.empty())
      out.name = name;
    else if (has_first)
      out.name = text("{}:{}", out.name, out.first);
    return out;
  }

  static int64_t samples(const std::string& column, double number, const Entry& entry) {
    constexpr double kMost = 9007199254740992;  // 2^53
    require<DataError>(number >= 0 && number <= kMost && number == std::floor(number),
                       "{}column \"{}\" holds no whole number of samples", entry.where, column);
    return static_cast<int64_t>(number);
  }

  fs::path root_, index_;
  const AudioConfig& config_;
  PathParts parts_;
  Columns columns_;
};

/// Root mean square.
double loudness_of(std::span<const float> values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

std::vector<std::string> channel_names(int64_t count) {
  if (count == 1) return {"sound"};
  std::vector<std::string> names;
  for (int64_t i = 1; i <= count; ++i) names.push_back(text("sound {}", i));
  return names;
}

/// Recordings in the making.
class SoundBuilder {
 public:
  SoundBuilder(const AudioConfig& config, const std::string& spool)
      : config_(config), folder_(spool), classes_(config.classes) {}

  void add(const Entry& entry) {
    try {
      rows_ = read(entry);
    } catch (const DataError& error) {
      const std::string problem = entry.where + error.what();
      require<DataError>(config_.broken == Broken::skip,
                         "{}; take it away, or set data.audio.broken = \"skip\"", problem);
      if (skipped_++ == 0) first_skipped_ = problem;
      return;
    }
    keep(entry);
  }

  Signals finish(const fs::path& source) {
    require<DataError>(spool_ != nullptr, "{} holds no recording that could be read: {}",
                       source.string(), first_skipped_);
    spool_->finish();
    for (size_t i = 0; i < recordings_.size(); ++i)
      recordings_[i].samples = spool_->view(begins_[i], recordings_[i].labels.front().end);
    Signals signals{channel_names(channels_), {}, std::move(recordings_), notes()};
    signals.classes = classes_.finish(signals.recordings);
    return signals;
  }

 private:
  /// [T, C] of what is kept.
  Tensor read(const Entry& entry) {
    if (sound_ == nullptr || sound_->path() != entry.file) {
      sound_ = nullptr;
      sound_ = std::make_unique<AudioFile>(entry.file);
    }
    const int64_t rest = sound_->length() - entry.first;
    const int64_t asked = entry.count.value_or(std::max<int64_t>(rest, 1));
    require<DataError>(asked >= 1, "{}: a recording of 0 samples is asked for",
                       entry.file.string());
    const int64_t count = std::min(asked, config_.seconds > 0 ? wanted() : asked);
    const Tensor samples = sound_->read(entry.first, asked <= rest ? count : asked);
    if (count < asked) ++longer_;
    return (config_.mono ? samples.mean(0, /*keepdim=*/true) : samples).t().contiguous();
  }

  /// Samples that recordings are brought to.
  int64_t wanted() const {
    const int64_t samples = std::llround(config_.seconds * sound_->rate_hz());
    require<ConfigError>(samples >= 1, "data.audio.seconds = {} is less than a sample at {} Hz",
                         config_.seconds, sound_->rate_hz());
    return samples;
  }

  /// Puts rows_ into the spool.
  void keep(const Entry& entry) {
    const int64_t channels = rows_.size(1);
    if (spool_ == nullptr) {
      channels_ = channels;
      spool_ = std::make_unique<Spool>(folder_, channels);
      first_file_ = entry.file;
    }
    require<DataError>(channels == channels_,
                       "{} has {} channels but {} has {}; set data.audio.mono = true to mix them",
                       entry.file.string(), channels, first_file_.string(), channels_);
    begins_.push_back(spool_->rows());
    const std::span values(rows_.mutable_data_ptr<float>(), static_cast<size_t>(rows_.numel()));
    if (config_.loudness == Loudness::rms) scale(values);
    spool_->append(values);
    const int64_t length = config_.seconds > 0 ? wanted() : rows_.size(0);
    if (length > rows_.size(0)) add_silence(length - rows_.size(0));
    Recording& recording = recordings_.emplace_back();
    recording.name = entry.name;
    recording.subject = entry.subject;
    recording.rate_hz = sound_->rate_hz();
    recording.start_seconds = static_cast<double>(entry.first) / recording.rate_hz;
    recording.labels = {{0, length, classes_.number(entry.label)}};
  }

  void scale(std::span<float> values) {
    const double loudness = loudness_of(values);
    if (loudness < kSilence) {
      ++silent_;
      return;
    }
    const double factor = kLoudness / loudness;
    for (float& value : values) value = static_cast<float>(value * factor);
  }

  void add_silence(int64_t rows) {
    ++shorter_;
    const std::vector<float> silence(static_cast<size_t>(kSilentRows * channels_));
    for (; rows > 0; rows -= kSilentRows)
      spool_->append(
          std::span(silence).first(static_cast<size_t>(std::min(rows, kSilentRows) * channels_)));
  }

  std::vector<std::string> notes() const {
    std::vector<std::string> notes;
    const auto add = [&](int64_t count, const std::string& what) {
      if (count > 0) notes.push_back(text("{} of {} recordings {}", count, begins_.size(), what));
    };
    add(longer_, text("are longer than {} s and were cut", config_.seconds));
    add(shorter_, text("are shorter than {} s and were followed by silence", config_.seconds));
    add(silent_, "are silent and kept their loudness");
    if (skipped_ > 0)
      notes.push_back(text("{} recordings could not be read and were left out: {}{}", skipped_,
                           first_skipped_, skipped_ > 1 ? " …" : ""));
    return notes;
  }

  const AudioConfig& config_;
  std::string folder_;
  ClassNames classes_;
  std::unique_ptr<AudioFile> sound_;
  Tensor rows_;                   ///< [T, C] of the recording that is added
  std::unique_ptr<Spool> spool_;  ///< none before the first recording
  fs::path first_file_;
  std::vector<Recording> recordings_;
  std::vector<int64_t> begins_;  ///< of recordings in the spool
  int64_t channels_ = 0, shorter_ = 0, longer_ = 0, silent_ = 0, skipped_ = 0;
  std::string first_skipped_;
};

}  // namespace

Signals read_audio(const fs::path& path, const AudioConfig& config, const std::string& spool) {
  require<DataError>(fs::exists(path), "data.path: there is no {}", path.string());
  SoundBuilder builder(config, spool);
  for (const Entry& entry :
       config.index.empty() ? entries_of_folder(path, config) : Index(path, config).entries())
    builder.add(entry);
  return builder.finish(path);
}

}  // namespace tacit
