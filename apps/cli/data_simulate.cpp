// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "apps/cli/settings.h"
#include "apps/cli/verbs.h"
#include "tacit/core/toml.h"
#include "tacit/data/simulate_motion.h"
#include "tacit/data/write_long_form.h"

namespace tacit::cli {

std::vector<std::string> simulation_keys() {
  std::vector<std::string> keys;
  for (const FieldInfo& field : config_fields<SimulateMotionConfig>()) keys.push_back(field.name);
  return keys;
}

void data_simulate(const Request& request, const Caller&) {
  Json document = Json::object();
  apply_overrides(document, request.overrides);
  SimulateMotionConfig config;
  read_config(config, document);
  write_long_form(simulate_motion(config), request.output);
  std::cout << "SIMULATED motion: " << request.output << std::endl;
}

}  // namespace tacit::cli
