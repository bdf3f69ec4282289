// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/uci_har.h"

#include <filesystem>

#include "tacit/core/error.h"
#include "tacit/data/readers/hapt.h"
#include "tacit/data/readers/labelled_builder.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr double kRateHz = 50;
constexpr size_t kSteps = 128;

Dialect of_columns(size_t count) {
  Dialect dialect{.delimiter = Delimiter::space};
  for (size_t i = 0; i < count; ++i) dialect.columns.push_back(text("c{}", i));
  return dialect;
}

/// A file whose rows are windows, read a block at a time.
class Windows {
 public:
  explicit Windows(const fs::path& file) : file_(file) {
    const Dialect dialect = of_columns(kSteps);
    rows_ = open_csv(file, {dialect.columns, {}}, dialect);
  }
  /// Whether there is a next window; at() then is of it.
  bool next() {
    if (block_ && ++row_ < static_cast<size_t>(block_->rows)) return true;
    block_ = rows_->next();
    row_ = 0;
    return block_.has_value();
  }
  float at(size_t step) const { return static_cast<float>(block_->numbers[step][row_]); }
  const fs::path& file() const { return file_; }

 private:
  fs::path file_;
  std::unique_ptr<RowStream> rows_;
  std::optional<RowBlock> block_;
  size_t row_ = 0;
};

std::vector<std::string> words_in(const fs::path& file) {
  const Dialect dialect = of_columns(1);
  std::vector<std::string> words;
  const auto rows = open_csv(file, {{}, dialect.columns}, dialect);
  while (const auto block = rows->next())
    words.insert(words.end(), block->texts[0].begin(), block->texts[0].end());
  return words;
}

std::vector<std::string> named(std::vector<std::string> numbers,
                               const std::map<int64_t, std::string>& names, const fs::path& file) {
  for (std::string& word : numbers) {
    bool found = false;
    for (const auto& [number, name] : names)
      if (std::to_string(number) == word) {
        word = name;
        found = true;
        break;
      }
    require<DataError>(found, "{}: activity \"{}\" is not in activity_labels.txt", file.string(),
                       word);
  }
  return numbers;
}

void read_part(const fs::path& folder, const std::string& part, const LongFormConfig& config,
               const std::map<int64_t, std::string>& names, LabelledBuilder& builder) {
  const fs::path y_file = folder / part / ("y_" + part + ".txt");
  const auto labels = named(words_in(y_file), names, y_file);
  const auto people = words_in(folder / part / ("subject_" + part + ".txt"));
  require<DataError>(people.size() == labels.size(), "{} has {} rows but there are {} people",
                     y_file.string(), labels.size(), people.size());
  std::vector<Windows> files;
  for (const std::string& channel : config.channels)
    files.emplace_back(folder / part / "Inertial Signals" /
                       ((channel[0] == 'a' ? "total_acc_" : "body_gyro_") + channel.substr(1) +
                        "_" + part + ".txt"));
  std::vector<float> values(files.size());
  for (size_t window = 0; window < labels.size(); ++window) {
    for (Windows& file : files)
      require<DataError>(file.next(), "{} has {} rows but {} has {}", file.file().string(), window,
                         y_file.string(), labels.size());
    builder.begin(part + "/" + std::to_string(window), people[window], kRateHz);
    for (size_t step = 0; step < kSteps; ++step) {
      for (size_t channel = 0; channel < files.size(); ++channel)
        values[channel] = files[channel].at(step);
      builder.row(values, labels[window], static_cast<double>(step) / kRateHz);
    }
  }
  for (Windows& file : files)
    require<DataError>(!file.next(), "{} has more rows than {}", file.file().string(),
                       y_file.string());
}

}  // namespace

std::optional<fs::path> find_uci_har(const fs::path& path) {
  for (const fs::path& folder :
       {path, path / "UCI HAR Dataset", path / "uci_har", path / "uci_har" / "UCI HAR Dataset"})
    if (fs::is_directory(folder / "train" / "Inertial Signals")) return folder;
  return std::nullopt;
}

Signals read_uci_har(const LongFormConfig& config, const std::string& spool) {
  require<ConfigError>(!config.path.empty(), "data.path: name the folder of UCI HAR");
  const auto found = find_uci_har(config.path);
  require<DataError>(
      found.has_value(),
      "{} does not hold train/Inertial Signals, nor does its folder \"UCI HAR Dataset\"; "
      "see tacit data fetch --help",
      config.path);
  const fs::path& folder = *found;
  const auto names = read_activity_names(folder / "activity_labels.txt");
  LabelledBuilder builder(config, spool);
  for (const char* const part : {"train", "test"}) read_part(folder, part, config, names, builder);
  return builder.finish(folder.string());
}

}  // namespace tacit
