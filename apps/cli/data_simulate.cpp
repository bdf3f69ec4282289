// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>

#include "apps/cli/settings.h"
#include "apps/cli/verbs.h"
#include "tacit/core/toml.h"
#include "tacit/data/simulate_hearts.h"
#include "tacit/data/simulate_motion.h"
#include "tacit/data/write_long_form.h"

namespace tacit::cli {
namespace {

template <class Config>
Config read_settings(const std::vector<std::string>& overrides) {
  Json document = Json::object();
  apply_overrides(document, overrides);
  Config config;
  read_config(config, document);
  return config;
}

Signals simulate(const std::string& kind, const std::vector<std::string>& overrides) {
  if (kind == "motion") return simulate_motion(read_settings<SimulateMotionConfig>(overrides));
  if (kind == "hearts") return simulate_hearts(read_settings<SimulateHeartsConfig>(overrides));
  throw ConfigError(unknown_name("kind", kind, {"motion", "hearts"}));
}

}  // namespace

std::vector<std::string> simulation_keys() {
  std::vector<std::string> keys;
  for (const FieldInfo& field : config_fields<SimulateMotionConfig>()) keys.push_back(field.name);
  for (const FieldInfo& field : config_fields<SimulateHeartsConfig>())
    if (std::ranges::find(keys, field.name) == keys.end()) keys.push_back(field.name);
  return keys;
}

void data_simulate(const Request& request, const Caller&) {
  write_long_form(simulate(request.argument, request.overrides), request.output);
  std::cout << "SIMULATED " << request.argument << ": " << request.output << std::endl;
}

}  // namespace tacit::cli
