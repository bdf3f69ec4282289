// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wisdm.h"

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "tacit/data/readers/cells.h"
#include "tacit/data/readers/labelled_builder.h"
#include "tacit/data/readers/long_form_rows.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr double kRateHz = 20, kGravity = 9.80665;
constexpr size_t kLongestLine = size_t{1} << 16;

struct Record {
  std::string user, activity;
  double nanoseconds = 0;
  std::array<double, 3> metres;  // per second squared
};

/// Nothing when the record is broken.
std::optional<Record> parse(std::string_view words) {
  std::vector<std::string> cells = split_cells(words, Delimiter::comma);
  while (cells.size() > 6 && cells.back().empty()) cells.pop_back();
  if (cells.size() != 6 || cells[0].empty() || cells[1].empty()) return std::nullopt;
  Record record{cells[0], cells[1], 0, {}};
  const auto time = number_in(cells[2], Decimal::point);
  if (!time || *time <= 0) return std::nullopt;
  record.nanoseconds = *time;
  for (size_t axis = 0; axis < 3; ++axis) {
    const auto value = number_in(cells[3 + axis], Decimal::point);
    if (!value || !std::isfinite(*value)) return std::nullopt;
    record.metres[axis] = *value;
  }
  return record;
}

/// Feeds record after record to a builder.
class WisdmReader {
 public:
  WisdmReader(const LongFormConfig& config, const std::string& spool)
      : config_(config), builder_(config, spool), values_(config.channels.size()) {}

  void line(std::string_view line) {
    while (!line.empty()) {
      const size_t end = line.find(';');
      const std::string_view words = trimmed(line.substr(0, end));
      if (words.find_first_not_of(", \t\r") != std::string_view::npos) take(words);
      line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
  }

  Signals finish(const fs::path& file) {
    require<DataError>(records_ > 0, "{} has no records", file.string());
    require<DataError>(
        static_cast<double>(broken_) <= kMostBrokenRecords * static_cast<double>(records_),
        "{}: {} of {} records are broken, the first is \"{}\"; a WISDM v1.1 raw file has "
        "records user,activity,timestamp,x,y,z; and fewer than 1 % of them broken",
        file.string(), broken_, records_, first_broken_);
    Signals signals = builder_.finish(file.string());
    if (broken_ > 0)
      signals.notes.push_back(text("dropped {} broken records of {}, the first \"{}\"", broken_,
                                   records_, first_broken_));
    if (repeated_ > 0)
      signals.notes.push_back(
          text("dropped {} records that repeat the time of the one before", repeated_));
    return signals;
  }

 private:
  void take(std::string_view words) {
    ++records_;
    const auto record = parse(words);
    if (!record) {
      if (broken_++ == 0) first_broken_ = words.substr(0, 60);
      return;
    }
    const bool same = record->user == user_;
    if (same && record->nanoseconds == last_) {
      ++repeated_;
      return;
    }
    if (!same || record->nanoseconds < last_) {
      user_ = record->user;
      builder_.begin(text("{}/{}", user_, ++number_[user_]), user_, kRateHz);
    } else if (const double periods = (record->nanoseconds - last_) * 1e-9 * kRateHz;
               periods > kGapPeriods) {
      builder_.skip(static_cast<int64_t>(std::llround(std::min(periods, 1e15))) - 1);
    }
    last_ = record->nanoseconds;
    for (size_t i = 0; i < values_.size(); ++i)
      values_[i] = static_cast<float>(
          record->metres[static_cast<size_t>(config_.channels[i][1] - 'x')] / kGravity);
    builder_.row(values_, record->activity, last_ * 1e-9);
  }

  const LongFormConfig& config_;
  LabelledBuilder builder_;
  std::vector<float> values_;
  std::string user_;
  double last_ = 0;
  std::map<std::string, int64_t> number_;
  int64_t records_ = 0, broken_ = 0, repeated_ = 0;
  std::string first_broken_;
};

}  // namespace

std::optional<fs::path> find_wisdm(const fs::path& path) {
  constexpr const char* kName = "WISDM_ar_v1.1_raw.txt";
  if (path.filename() == kName && fs::is_regular_file(path)) return path;
  for (const char* const folder : {"", "WISDM_ar_v1.1", "wisdm", "wisdm/WISDM_ar_v1.1"})
    if (const fs::path file = path / folder / kName; fs::is_regular_file(file)) return file;
  return std::nullopt;
}

Signals read_wisdm(const LongFormConfig& config, const std::string& spool) {
  const auto found = find_wisdm(config.path);
  require<DataError>(
      found.has_value(),
      "{} does not hold WISDM_ar_v1.1_raw.txt, nor does its folder WISDM_ar_v1.1; see "
      "tacit data fetch --help",
      config.path);
  const fs::path& file = *found;
  std::ifstream stream(file, std::ios::binary);
  require<DataError>(stream.is_open(), "{} cannot be opened", file.string());
  WisdmReader reader(config, spool);
  std::string line;
  while (std::getline(stream, line)) {
    require<DataError>(line.size() <= kLongestLine,
                       "{}: a line of {} letters; this is no WISDM v1.1 raw file", file.string(),
                       line.size());
    reader.line(line);
  }
  return reader.finish(file);
}

}  // namespace tacit
