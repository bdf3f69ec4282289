// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/motionsense.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/labelled_builder.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

constexpr double kRateHz = 50;
constexpr const char* kFolder = "A_DeviceMotion_data";

/// What is summed to a channel.
std::vector<std::string> columns_of(const std::string& channel) {
  const std::string axis = channel.substr(1);
  if (channel.starts_with('a')) return {"gravity." + axis, "userAcceleration." + axis};
  return {"rotationRate." + axis};
}

int number_of(const DataFile& file, const char* hole) {
  const std::string& word = file.words.at(hole);
  int number = 0;
  const auto [rest, failed] = std::from_chars(word.data(), word.data() + word.size(), number);
  require<DataError>(
      failed == std::errc() && rest == word.data() + word.size(),
      "{}: \"{}\" in its path is no number; files are called ACTIVITY_TRIAL/sub_SUBJECT.csv",
      file.path.string(), word);
  return number;
}

void read_file(const DataFile& file, const LongFormConfig& config, LabelledBuilder& builder) {
  Columns columns{{}, {}, {}};
  for (const std::string& channel : config.channels)
    for (const std::string& column : columns_of(channel)) columns.numbers.push_back(column);
  const std::string& activity = file.words.at("activity");
  builder.begin(text("{}/{}/{}", number_of(file, "subject"), number_of(file, "trial"), activity),
                std::to_string(number_of(file, "subject")), kRateHz);
  std::vector<float> values(config.channels.size());
  const auto rows = open_csv(file.path, columns);
  int64_t step = 0;
  while (const auto block = rows->next()) {
    for (size_t row = 0; row < static_cast<size_t>(block->rows); ++row) {
      size_t column = 0;
      for (size_t channel = 0; channel < values.size(); ++channel) {
        double sum = 0;
        for (size_t part = columns_of(config.channels[channel]).size(); part > 0; --part)
          sum += block->numbers[column++][row];
        values[channel] = static_cast<float>(sum);
      }
      builder.row(values, activity, static_cast<double>(step++) / kRateHz);
    }
  }
  require<DataError>(step > 0, "{} has no rows", file.path.string());
}

}  // namespace

std::optional<std::filesystem::path> find_motionsense(const std::filesystem::path& path) {
  const std::filesystem::path at = path.has_filename() ? path : path.parent_path();  // no slash
  for (const auto& folder : {at, at / kFolder, at / "motionsense" / kFolder})
    if (folder.filename() == kFolder && std::filesystem::is_directory(folder)) return folder;
  return std::nullopt;
}

Signals read_motionsense(const LongFormConfig& config, const std::string& spool) {
  auto files = data_files(config.path, "{activity}_{trial}/sub_{subject}");
  const auto key = [](const DataFile& file) {
    return std::tuple(number_of(file, "subject"), number_of(file, "trial"),
                      file.words.at("activity"));
  };
  std::sort(files.begin(), files.end(),
            [&](const DataFile& a, const DataFile& b) { return key(a) < key(b); });
  LabelledBuilder builder(config, spool);
  for (const DataFile& file : files) read_file(file, config, builder);
  return builder.finish(config.path);
}

}  // namespace tacit
