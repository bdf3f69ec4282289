// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/recipe.h"

#include "tacit/core/toml.h"
#include "tacit/embedded/recipe_har_hapt.h"
#include "tacit/embedded/recipe_har_hapt_saeed2019.h"
#include "tacit/embedded/recipe_har_motionsense.h"
#include "tacit/embedded/recipe_har_motionsense_masked_autoencoder.h"
#include "tacit/embedded/recipe_har_motionsense_saeed2019.h"
#include "tacit/embedded/recipe_har_motionsense_simclr.h"
#include "tacit/embedded/recipe_har_motionsense_vicreg.h"
#include "tacit/embedded/recipe_har_simulated.h"
#include "tacit/methods/method.h"
#include "tacit/nn/registry.h"

namespace tacit {
namespace {

std::vector<std::pair<std::string, std::string_view>> builtin() {
  return {
      {"har_simulated", embedded::recipe_har_simulated},
      {"har_motionsense", embedded::recipe_har_motionsense},
      {"har_motionsense_saeed2019", embedded::recipe_har_motionsense_saeed2019},
      {"har_motionsense_simclr", embedded::recipe_har_motionsense_simclr},
      {"har_motionsense_vicreg", embedded::recipe_har_motionsense_vicreg},
      {"har_motionsense_masked_autoencoder", embedded::recipe_har_motionsense_masked_autoencoder},
      {"har_hapt", embedded::recipe_har_hapt},
      {"har_hapt_saeed2019", embedded::recipe_har_hapt_saeed2019}};
}

/// Splits {name = …, options…} and completes the options by what `find(name).resolve` says.
template <class Find>
auto read_choice(const Json& json, const std::string& where, std::string name, Find find) {
  require<ConfigError>(json.is_object(), "{} must be a table, not {}", where, json.dump());
  Json options = json;
  if (options.contains("name")) {
    require<ConfigError>(options["name"].is_string(), "{}.name must be a text, not {}", where,
                         options["name"].dump());
    name = options["name"].template get<std::string>();
    options.erase("name");
  }
  return std::pair(name, find(name).resolve(options));
}

Json write_choice(const std::string& name, const Json& options) {
  Json json{{"name", name}};
  json.update(options);
  return json;
}

}  // namespace

MethodChoice MethodChoice::read(const Json& json, const std::string& where) {
  const auto [name, options] = read_choice(json, where, MethodChoice{}.name, find_method);
  return {name, options};
}
Json MethodChoice::write() const { return write_choice(name, find_method(name).resolve(options)); }

EncoderChoice EncoderChoice::read(const Json& json, const std::string& where) {
  const auto [name, options] = read_choice(json, where, EncoderChoice{}.name, find_encoder);
  return {name, options};
}
Json EncoderChoice::write() const {
  return write_choice(name, find_encoder(name).resolve(options));
}

std::vector<std::string> builtin_recipes() {
  std::vector<std::string> all;
  for (const auto& [name, document] : builtin()) all.emplace_back(name);
  return all;
}

Recipe load_recipe(const std::string& name, const std::vector<std::string>& overrides) {
  Json document;
  if (std::filesystem::exists(name)) {
    document = read_toml(name);
  } else {
    for (const auto& [known, content] : builtin())
      if (name == known) document = parse_toml(content, name);
    require<ConfigError>(!document.is_null(), "there is no recipe file {} and {}", name,
                         unknown_name("recipe", name, builtin_recipes()));
  }
  apply_overrides(document, overrides);
  Recipe recipe;
  read_config(recipe, document);
  return recipe;
}

}  // namespace tacit
