// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/recipe.h"

#include <algorithm>

#include "tacit/core/toml.h"
#include "tacit/embedded/recipe_audio_fsdd.h"
#include "tacit/embedded/recipe_ecg_amigos.h"
#include "tacit/embedded/recipe_ecg_dreamer.h"
#include "tacit/embedded/recipe_ecg_emotion.h"
#include "tacit/embedded/recipe_ecg_sarkar2020.h"
#include "tacit/embedded/recipe_ecg_swell.h"
#include "tacit/embedded/recipe_ecg_wesad.h"
#include "tacit/embedded/recipe_gan_cifar10_cgan.h"
#include "tacit/embedded/recipe_gan_cifar10_sngan.h"
#include "tacit/embedded/recipe_gan_cifar10_ssgan.h"
#include "tacit/embedded/recipe_har_hapt.h"
#include "tacit/embedded/recipe_har_hapt_saeed2019.h"
#include "tacit/embedded/recipe_har_motionsense.h"
#include "tacit/embedded/recipe_har_motionsense_masked_autoencoder.h"
#include "tacit/embedded/recipe_har_motionsense_saeed2019.h"
#include "tacit/embedded/recipe_har_motionsense_simclr.h"
#include "tacit/embedded/recipe_har_motionsense_ts2vec.h"
#include "tacit/embedded/recipe_har_motionsense_vicreg.h"
#include "tacit/embedded/recipe_har_simulated.h"
#include "tacit/embedded/recipe_image_cifar10.h"
#include "tacit/embedded/recipe_image_cifar10_barlow_twins.h"
#include "tacit/embedded/recipe_image_cifar10_byol.h"
#include "tacit/embedded/recipe_image_cifar10_cpc.h"
#include "tacit/embedded/recipe_image_cifar10_mae.h"
#include "tacit/embedded/recipe_image_cifar10_rotation.h"
#include "tacit/embedded/recipe_image_cifar10_vicreg.h"
#include "tacit/embedded/recipe_image_fashion_mnist.h"
#include "tacit/embedded/recipe_table_adult.h"
#include "tacit/embedded/recipe_table_adult_scarf.h"
#include "tacit/embedded/recipe_table_adult_subtab.h"
#include "tacit/embedded/recipe_table_adult_transformer.h"
#include "tacit/embedded/recipe_table_adult_vime.h"
#include "tacit/embedded/recipe_video_donkey.h"
#include "tacit/embedded/recipe_video_donkey_mae.h"
#include "tacit/embedded/recipe_video_donkey_order.h"
#include "tacit/embedded/recipe_video_donkey_speed.h"
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
      {"har_motionsense_ts2vec", embedded::recipe_har_motionsense_ts2vec},
      {"har_hapt", embedded::recipe_har_hapt},
      {"har_hapt_saeed2019", embedded::recipe_har_hapt_saeed2019},
      {"audio_fsdd", embedded::recipe_audio_fsdd},
      {"ecg_emotion", embedded::recipe_ecg_emotion},
      {"ecg_sarkar2020", embedded::recipe_ecg_sarkar2020},
      {"ecg_wesad", embedded::recipe_ecg_wesad},
      {"ecg_amigos", embedded::recipe_ecg_amigos},
      {"ecg_dreamer", embedded::recipe_ecg_dreamer},
      {"ecg_swell", embedded::recipe_ecg_swell},
      {"table_adult", embedded::recipe_table_adult},
      {"table_adult_vime", embedded::recipe_table_adult_vime},
      {"table_adult_scarf", embedded::recipe_table_adult_scarf},
      {"table_adult_subtab", embedded::recipe_table_adult_subtab},
      {"table_adult_transformer", embedded::recipe_table_adult_transformer},
      {"image_cifar10", embedded::recipe_image_cifar10},
      {"image_cifar10_barlow_twins", embedded::recipe_image_cifar10_barlow_twins},
      {"image_cifar10_byol", embedded::recipe_image_cifar10_byol},
      {"image_cifar10_cpc", embedded::recipe_image_cifar10_cpc},
      {"image_cifar10_mae", embedded::recipe_image_cifar10_mae},
      {"image_cifar10_rotation", embedded::recipe_image_cifar10_rotation},
      {"image_cifar10_vicreg", embedded::recipe_image_cifar10_vicreg},
      {"image_fashion_mnist", embedded::recipe_image_fashion_mnist},
      {"gan_cifar10_ssgan", embedded::recipe_gan_cifar10_ssgan},
      {"gan_cifar10_sngan", embedded::recipe_gan_cifar10_sngan},
      {"gan_cifar10_cgan", embedded::recipe_gan_cifar10_cgan},
      {"video_donkey", embedded::recipe_video_donkey},
      {"video_donkey_mae", embedded::recipe_video_donkey_mae},
      {"video_donkey_order", embedded::recipe_video_donkey_order},
      {"video_donkey_speed", embedded::recipe_video_donkey_speed}};
}

/// Fills what `own` does not say from `base`, table by table. A table that names something else
/// than the base's stands by itself: those options belong to another method, encoder or optimiser.
void complete(Json& own, const Json& base) {
  for (const auto& [key, value] : base.items()) {
    if (!own.contains(key)) {
      own[key] = value;
    } else if (Json& mine = own[key]; mine.is_object() && value.is_object()) {
      if (!mine.contains("name") || mine["name"] == value.value("name", Json()))
        complete(mine, value);
    }
  }
}

/// A recipe as written, completed by the one it extends. `name` is a file, from `folder` on, or a
/// recipe that comes with Tacit; `below` are the files that led here.
Json read_document(const std::string& name, const std::filesystem::path& folder,
                   std::vector<std::string> below = {}) {
  const std::filesystem::path file = folder / name;
  Json document;
  if (std::filesystem::exists(file)) {
    document = read_toml(file);
  } else {
    const std::string stem = name.ends_with(".toml") ? name.substr(0, name.size() - 5) : name;
    for (const auto& [known, content] : builtin())
      if (stem == known) document = parse_toml(content, name);
    require<ConfigError>(!document.is_null(), "there is no file {}; {}", file.string(),
                         unknown_name("recipe", stem, builtin_recipes()));
  }
  if (!document.contains("extends")) return document;
  require<ConfigError>(document["extends"].is_string(), "{}: extends names one recipe, not {}",
                       name, document["extends"].dump());
  below.push_back(name);
  const std::string base = document["extends"].get<std::string>();
  require<ConfigError>(std::ranges::find(below, base) == below.end(), "recipe {} extends itself",
                       base);
  document.erase("extends");
  complete(document, read_document(base, file.parent_path(), below));
  return document;
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
  Json document = read_document(name, {});
  apply_overrides(document, overrides);
  Recipe recipe;
  read_config(recipe, document);
  return recipe;
}

}  // namespace tacit
