// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/recipe.h"

#include "apps/cli/settings.h"
#include "apps/cli/verbs.h"

namespace tacit::cli {

std::filesystem::path run_folder(const Request& request) {
  if (!request.output.empty()) return request.output;
  return std::filesystem::path("runs") / std::filesystem::path(request.argument).stem();
}

Existing existing(const Request& request) {
  return request.overwrite ? Existing::overwrite : Existing::continue_same;
}

std::vector<std::string> recipe_names() { return builtin_recipes(); }

std::vector<std::string> recipe_keys() {
  std::vector<std::string> keys;
  const Json recipe = write_config(Recipe{});
  for (const auto& [key, value] : recipe.items()) keys.push_back(key);
  return keys;
}

}  // namespace tacit::cli
