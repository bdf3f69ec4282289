// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/evaluate.h"

#include <iostream>

#include "apps/cli/settings.h"
#include "apps/cli/verbs.h"
#include "tacit/core/toml.h"

namespace tacit::cli {
namespace {

/// Whether "key=value" is a setting of the run's recipe, such as data.path, not of the verb.
bool is_of_recipe(const std::string& setting) {
  return setting.substr(0, setting.find('=')).find('.') != std::string::npos;
}

}  // namespace

std::vector<std::string> evaluate_keys() {
  std::vector<std::string> keys;
  for (const FieldInfo& field : config_fields<EvaluateRequest>()) keys.push_back(field.name);
  return keys;
}

void evaluate(const Request& request, const Caller& caller) {
  std::vector<std::string> own, of_recipe;
  for (const std::string& setting : request.overrides)
    (is_of_recipe(setting) ? of_recipe : own).push_back(setting);
  Json settings = Json::object();
  apply_overrides(settings, own);
  for (const char* output : {"features", "logits"})
    if (settings.contains(output) && !settings[output].is_string())
      settings[output] = settings[output].dump();  // named by its number
  EvaluateRequest asked;
  read_config(asked, settings);
  std::cout << run_evaluate(request.argument, asked, of_recipe, caller) << "\nevaluation: "
            << (std::filesystem::path(request.argument) / "evaluation.json").string() << std::endl;
}

}  // namespace tacit::cli
