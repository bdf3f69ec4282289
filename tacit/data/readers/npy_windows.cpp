// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/npy_windows.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "tacit/core/error.h"
#include "tacit/data/readers/npy.h"
#include "tacit/data/spool.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// The first of these that is there; an empty path when none is.
fs::path first_of(const fs::path& folder, std::initializer_list<const char*> names) {
  for (const char* const name : names)
    if (fs::is_regular_file(folder / name)) return folder / name;
  return {};
}

fs::path folder_of(const fs::path& path) {
  return fs::is_directory(path) ? path : path.parent_path();
}

/// Y or pid: one word a window.
std::vector<std::string> words_of(const fs::path& file, int64_t count) {
  if (file.empty()) return {};
  const NpyArray array(file);
  const bool column = array.shape().size() == 2 && array.shape()[1] == 1;
  require<DataError>(
      (array.shape().size() == 1 || column) && array.size() == count,
      "{}: it has {} elements in {} dimensions, but X.npy has {} windows: both must have "
      "one of each",
      file.string(), array.size(), array.shape().size(), count);
  std::vector<std::string> words;
  for (int64_t i = 0; i < count; ++i) words.push_back(array.word(i));
  return words;
}

void check(const NpyWindowsConfig& config, const NpyArray& x) {
  require<DataError>(
      x.shape().size() == 3 && x.size() > 0 && !x.is_text(),
      "{}: windows must be numbers of the shape [N, T, C], N windows of T samples of C "
      "channels, but it has {} dimensions and {} elements",
      config.files.x.string(), x.shape().size(), x.size());
  const auto channels = static_cast<size_t>(x.shape()[2]);
  require<ConfigError>(config.channels.size() == channels,
                       "data.channels: {} names for the {} channels of {}", config.channels.size(),
                       channels, config.files.x.string());
  require<ConfigError>(config.scale.empty() || config.scale.size() == channels,
                       "data.scale: {} factors for {} channels", config.scale.size(), channels);
  require<ConfigError>(
      config.rate_hz > 0,
      "data.file_rate_hz: {} does not say how many samples a second it has; set it",
      config.files.x.string());
}

/// Appends the windows whose values are all finite, and says which those are.
std::vector<int64_t> keep_finite(const NpyWindowsConfig& config, const NpyArray& x, Spool& spool) {
  const int64_t channels = x.shape()[2], values = x.shape()[1] * channels;
  std::vector<float> window(static_cast<size_t>(values));
  std::vector<int64_t> kept;
  for (int64_t row = 0; row < x.shape()[0]; ++row) {
    bool finite = true;
    for (int64_t i = 0; i < values; ++i) {
      const double factor =
          config.scale.empty() ? 1 : config.scale[static_cast<size_t>(i % channels)];
      const auto value = static_cast<float>(x.number(row * values + i) * factor);
      window[static_cast<size_t>(i)] = value;
      finite = finite && std::isfinite(value);
    }
    if (!finite) continue;
    spool.append(window);
    kept.push_back(row);
  }
  require<DataError>(!kept.empty(), "{}: every window has a value that is missing or infinite",
                     config.files.x.string());
  spool.finish();
  return kept;
}

/// Different words that are not empty, sorted.
std::vector<std::string> classes_of(std::vector<std::string> labels) {
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  if (!labels.empty() && labels.front().empty()) labels.erase(labels.begin());
  return labels;
}

}  // namespace

WindowFiles window_files(const fs::path& path) {
  const fs::path folder = folder_of(path);
  const WindowFiles files{
      first_of(folder, {"X.npy", "x.npy"}), first_of(folder, {"Y.npy", "y.npy"}),
      first_of(folder, {"pid.npy", "P.npy", "p.npy", "subject.npy", "subjects.npy"})};
  require<DataError>(!files.x.empty(), "{}: there is no X.npy", folder.string());
  return files;
}

bool has_window_files(const fs::path& path) {
  return !first_of(folder_of(path), {"X.npy", "x.npy"}).empty() &&
         (fs::is_directory(path) || path.extension() == ".npy");
}

Signals read_npy_windows(const NpyWindowsConfig& config, const std::string& spool_folder) {
  const NpyArray x(config.files.x);
  check(config, x);
  const int64_t count = x.shape()[0], steps = x.shape()[1];
  const auto labels = words_of(config.files.y, count),
             people = words_of(config.files.people, count);
  Signals signals{config.channels, classes_of(labels), {}, {}};
  Spool spool(spool_folder, x.shape()[2]);
  const std::vector<int64_t> kept = keep_finite(config, x, spool);
  const auto label_of = [&](size_t row) -> int64_t {
    if (labels.empty() || labels[row].empty()) return -1;
    return std::ranges::lower_bound(signals.classes, labels[row]) - signals.classes.begin();
  };
  for (size_t i = 0; i < kept.size(); ++i) {
    const auto row = static_cast<size_t>(kept[i]);
    require<DataError>(people.empty() || !people[row].empty(), "{}: element {} names nobody",
                       config.files.people.string(), row);
    signals.recordings.push_back({std::to_string(row),
                                  people.empty() ? "" : people[row],
                                  config.rate_hz,
                                  0,
                                  spool.view(static_cast<int64_t>(i) * steps, steps),
                                  {{0, steps, label_of(row)}}});
  }
  if (kept.size() < static_cast<size_t>(count))
    signals.notes.push_back(text("left out {} windows with values that are missing or infinite",
                                 static_cast<size_t>(count) - kept.size()));
  return signals;
}

}  // namespace tacit
