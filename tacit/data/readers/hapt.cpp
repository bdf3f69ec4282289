// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/hapt.h"

#include <algorithm>
#include <cmath>

#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/labelled_builder.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

constexpr double kRateHz = 50;

/// Samples first … last of an experiment, counted from 1.
struct Interval {
  int64_t first, last;
  std::string activity;
};
using Intervals = std::map<int64_t, std::vector<Interval>>;  // by experiment

int64_t whole(const RowBlock& block, size_t column, size_t row, const std::filesystem::path& file) {
  const double value = block.numbers[column][row];
  require<DataError>(value == std::floor(value) && value >= 0 && value < 1e9,
                     "{}: row {}: {} is no whole number", file.string(), block.number(row), value);
  return static_cast<int64_t>(value);
}

Intervals read_labels(const std::filesystem::path& file,
                      const std::map<int64_t, std::string>& names) {
  Intervals intervals;
  const std::vector<std::string> columns{"experiment", "user", "activity", "first", "last"};
  const auto rows =
      open_csv(file, {columns, {}}, {.delimiter = Delimiter::space, .columns = columns});
  while (const auto block = rows->next()) {
    for (size_t row = 0; row < static_cast<size_t>(block->rows); ++row) {
      const auto cell = [&](size_t column) { return whole(*block, column, row, file); };
      const auto name = names.find(cell(2));
      require<DataError>(name != names.end(),
                         "{}: row {}: activity {} is not in activity_labels.txt", file.string(),
                         block->number(row), cell(2));
      require<DataError>(1 <= cell(3) && cell(3) <= cell(4), "{}: row {}: samples {} … {} are none",
                         file.string(), block->number(row), cell(3), cell(4));
      intervals[cell(0)].push_back({cell(3), cell(4), name->second});
    }
  }
  return intervals;
}

bool counts(const std::string& activity) {
  const std::vector<std::string> six = hapt_activities();
  return std::find(six.begin(), six.end(), activity) != six.end();
}

/// The activity of each sample, "" outside all intervals.
std::vector<std::string_view> labels_of(const std::vector<Interval>& intervals, int64_t length) {
  std::vector<std::string_view> labels(static_cast<size_t>(length));
  for (const Interval& interval : intervals)
    for (int64_t sample = interval.first; sample <= std::min(interval.last, length); ++sample)
      labels[static_cast<size_t>(sample - 1)] = interval.activity;
  return labels;
}

/// x, y, z of one sensor.
std::vector<std::vector<double>> read_sensor(const std::filesystem::path& file) {
  std::vector<std::vector<double>> axes(3);
  const std::vector<std::string> columns{"x", "y", "z"};
  const auto rows =
      open_csv(file, {columns, {}}, {.delimiter = Delimiter::space, .columns = columns});
  while (const auto block = rows->next())
    for (size_t axis = 0; axis < 3; ++axis)
      axes[axis].insert(axes[axis].end(), block->numbers[axis].begin(), block->numbers[axis].end());
  require<DataError>(!axes[0].empty(), "{} has no rows", file.string());
  return axes;
}

std::string without_zeros(const std::string& digits) {
  const size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0" : digits.substr(first);
}

}  // namespace

std::optional<std::filesystem::path> find_hapt(const std::filesystem::path& path) {
  const std::filesystem::path at = path.has_filename() ? path : path.parent_path();  // no slash
  for (const auto& folder : {at, at / "RawData", at / "hapt" / "RawData"})
    if (folder.filename() == "RawData" && std::filesystem::is_regular_file(folder / "labels.txt"))
      return folder;
  return std::nullopt;
}

std::vector<std::string> hapt_activities() {
  return {"WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING"};
}

std::map<int64_t, std::string> read_activity_names(const std::filesystem::path& file) {
  std::map<int64_t, std::string> names;
  const auto rows = open_csv(file, {{"number"}, {"name"}},
                             {.delimiter = Delimiter::space, .columns = {"number", "name"}});
  while (const auto block = rows->next())
    for (size_t row = 0; row < static_cast<size_t>(block->rows); ++row)
      names[whole(*block, 0, row, file)] = block->texts[0][row];
  return names;
}

Signals read_hapt(const LongFormConfig& config, const std::string& spool) {
  const std::filesystem::path folder = config.path;
  const auto names =
      read_activity_names(folder.lexically_normal().parent_path() / "activity_labels.txt");
  Intervals intervals = read_labels(folder / "labels.txt", names);
  if (config.classes.empty())
    for (auto& [experiment, list] : intervals)
      std::erase_if(list, [](const Interval& interval) { return !counts(interval.activity); });
  LabelledBuilder builder(config, spool);
  for (const DataFile& file : data_files(folder, "acc_exp{experiment}_user{user}.txt")) {
    const std::filesystem::path partner = folder / ("gyro_exp" + file.words.at("experiment") +
                                                    "_user" + file.words.at("user") + ".txt");
    const auto acceleration = read_sensor(file.path), rotation = read_sensor(partner);
    require<DataError>(acceleration[0].size() == rotation[0].size(), "{} has {} rows but {} has {}",
                       file.path.string(), acceleration[0].size(), partner.string(),
                       rotation[0].size());
    const std::string experiment = without_zeros(file.words.at("experiment"));
    const auto length = static_cast<int64_t>(acceleration[0].size());
    const auto labels = labels_of(intervals[std::stoll(experiment)], length);
    builder.begin(experiment, without_zeros(file.words.at("user")), kRateHz);
    std::vector<float> values(config.channels.size());
    for (size_t row = 0; row < labels.size(); ++row) {
      for (size_t i = 0; i < values.size(); ++i) {
        const std::string& channel = config.channels[i];
        const auto axis = static_cast<size_t>(channel[1] - 'x');
        values[i] = static_cast<float>((channel[0] == 'a' ? acceleration : rotation)[axis][row]);
      }
      builder.row(values, labels[row], static_cast<double>(row) / kRateHz);
    }
  }
  return builder.finish(config.path);
}

}  // namespace tacit
