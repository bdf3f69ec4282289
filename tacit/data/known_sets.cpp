// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/known_sets.h"

#include <algorithm>
#include <filesystem>
#include <numbers>

#include "tacit/data/readers/hapt.h"
#include "tacit/data/readers/motionsense.h"
#include "tacit/data/readers/uci_har.h"
#include "tacit/data/readers/wisdm.h"

namespace tacit {
namespace {

std::string locate(const std::filesystem::path& path, const std::string& name) {
  require<ConfigError>(!path.empty(), "data.path: name {} or the folder that holds it", name);
  if (!std::filesystem::is_directory(path)) return path.string();
  for (const auto& file : {path / name, path / "har" / name})
    if (std::filesystem::is_regular_file(file)) return file.string();
  throw DataError(
      text("{} holds neither {} (nor does its folder har) nor the set as its authors publish it; "
           "see tacit data fetch --help",
           path.string(), name));
}

/// HAPT stores counts: 720 a g, and 0.0175 degrees a second.
double hapt_scale(const std::string& channel) {
  return channel.starts_with("a") ? 1.0 / 720 : 0.0175 * std::numbers::pi / 180;
}

void require_channels(const std::vector<std::string>& asked, std::vector<std::string> available) {
  for (const std::string& channel : asked)
    require<ConfigError>(std::find(available.begin(), available.end(), channel) != available.end(),
                         "data.channels: {}", unknown_name("channel", channel, available));
}

}  // namespace

LongFormConfig known_set(KnownSet set, const LongFormConfig& asked) {
  require_channels(asked.channels, {"ax", "ay", "az", "gx", "gy", "gz"});
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
  if (config.classes.empty()) config.classes = hapt_activities();
  config.scale.clear();
  for (const std::string& channel : config.channels) config.scale.push_back(hapt_scale(channel));
  return config;
}

Signals read_known_set(KnownSet set, const LongFormConfig& asked, const std::string& spool) {
  const bool has_gyroscope = set != KnownSet::wisdm;
  require_channels(asked.channels,
                   has_gyroscope ? std::vector<std::string>{"ax", "ay", "az", "gx", "gy", "gz"}
                                 : std::vector<std::string>{"ax", "ay", "az"});
  LongFormConfig config = asked;
  switch (set) {
    case KnownSet::motionsense:
      if (const auto folder = find_motionsense(asked.path)) {
        config.path = folder->string();
        return read_motionsense(config, spool);
      }
      break;
    case KnownSet::hapt:
      if (const auto folder = find_hapt(asked.path)) {
        config.path = folder->string();
        return read_hapt(config, spool);
      }
      break;
    case KnownSet::uci_har: return read_uci_har(config, spool);
    case KnownSet::wisdm: return read_wisdm(config, spool);
  }
  return read_long_form(known_set(set, asked), spool);
}

}  // namespace tacit
