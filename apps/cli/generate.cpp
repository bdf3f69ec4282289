// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/generate.h"

#include <iostream>

#include "apps/cli/settings.h"
#include "apps/cli/verbs.h"
#include "tacit/core/toml.h"

namespace tacit::cli {

std::vector<std::string> generate_keys() {
  std::vector<std::string> keys;
  for (const FieldInfo& field : config_fields<GenerateRequest>()) keys.push_back(field.name);
  return keys;
}

void generate(const Request& request, const Caller& caller) {
  Json settings = Json::object();
  apply_overrides(settings, request.overrides);
  if (settings.contains("class") && !settings["class"].is_string())
    settings["class"] = settings["class"].dump();  // named by a number, as MNIST's
  GenerateRequest asked{.output = request.output};
  read_config(asked, settings);
  const int64_t pictures = run_generate(request.argument, asked, caller);
  std::cout << pictures << " pictures: " << request.output << std::endl;
}

}  // namespace tacit::cli
