// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/known_sets.h"

#include <algorithm>
#include <filesystem>
#include <numbers>

namespace tacit {
namespace {

std::string locate(const std::filesystem::path& path, const std::string& name) {
  require<ConfigError>(!path.empty(), "data.path: name {} or the folder that holds it", name);
  if (!std::filesystem::is_directory(path)) return path.string();
  for (const auto& file : {path / name, path / "har" / name})
    if (std::filesystem::is_regular_file(file)) return file.string();
  throw DataError(text("{} does not hold {}, nor does its folder har", path.string(), name));
}

/// HAPT stores counts: 720 a g, and 0.0175 degrees a second.
double hapt_scale(const std::string& channel) {
  return channel.starts_with("a") ? 1.0 / 720 : 0.0175 * std::numbers::pi / 180;
}

}  // namespace

LongFormConfig known_set(KnownSet set, const LongFormConfig& asked) {
  const std::vector<std::string> available{"ax", "ay", "az", "gx", "gy", "gz"};
  for (const std::string& channel : asked.channels)
    require<ConfigError>(std::find(available.begin(), available.end(), channel) != available.end(),
                         "data.channels: {}", unknown_name("channel", channel, available));
  LongFormConfig config = asked;
  config.subject = "subject";
  config.label = "activity";
  config.time = "t";
  config.time_unit = TimeUnit::samples;
  config.file_rate_hz = 50;
  if (set == KnownSet::motionsense) {
    config.path = locate(asked.path, "motionsense_50hz.parquet");
    config.recording = {"subject", "trial", "activity"};
    return config;
  }
  config.path = locate(asked.path, "hapt_raw_50hz.parquet");
  config.recording = {"experiment"};
  if (config.classes.empty())
    config.classes = {"WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS",
                      "SITTING", "STANDING", "LAYING"};
  config.scale.clear();
  for (const std::string& channel : config.channels) config.scale.push_back(hapt_scale(channel));
  return config;
}

}  // namespace tacit
