// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/toml.h"

#include <toml++/toml.h>

#include "tacit/core/error.h"
#include "tacit/core/files.h"

namespace tacit {
namespace {

Json to_json(const toml::node& node) {
  Json json;
  node.visit([&](const auto& value) {
    using T = std::decay_t<decltype(value)>;
    if constexpr (toml::is_table<T>) {
      json = Json::object();
      std::vector<const toml::key*> keys;  // toml++ sorts keys; files should read as written
      for (const auto& [key, child] : value) keys.push_back(&key);
      std::stable_sort(keys.begin(), keys.end(), [](const toml::key* a, const toml::key* b) {
        const auto &p = a->source().begin, &q = b->source().begin;
        return p.line != q.line ? p.line < q.line : p.column < q.column;
      });
      for (const toml::key* key : keys)
        json[std::string(key->str())] = to_json(*value.get(key->str()));
    } else if constexpr (toml::is_array<T>) {
      json = Json::array();
      for (const toml::node& child : value) json.push_back(to_json(child));
    } else if constexpr (toml::is_string<T> || toml::is_integer<T> || toml::is_floating_point<T> ||
                         toml::is_boolean<T>) {
      json = value.get();
    } else {
      std::ostringstream out;
      out << value;
      json = out.str();
    }
  });
  return json;
}

}  // namespace

Json parse_toml(std::string_view document, const std::string& name) {
  try {
    return to_json(toml::parse(document, name));
  } catch (const toml::parse_error& e) {
    throw ConfigError(text("{}:{}:{}: {}", name, e.source().begin.line, e.source().begin.column,
                           e.description()));
  }
}

Json read_toml(const std::filesystem::path& file) {
  std::string document;
  try {
    document = read_file(file);
  } catch (const Error& e) {
    throw ConfigError(e.what());
  }
  return parse_toml(document, file.string());
}

void apply_overrides(Json& config, const std::vector<std::string>& overrides) {
  for (const std::string& word : overrides) {
    const size_t equals = word.find('=');
    require<ConfigError>(equals != std::string::npos && equals > 0,
                         "\"{}\" is not an override; write key=value, e.g. train.epochs=5", word);
    const std::string path = word.substr(0, equals), value = word.substr(equals + 1);
    require<ConfigError>(("." + path + ".").find("..") == std::string::npos,
                         "override \"{}\": a part of \"{}\" is empty", word, path);
    Json parsed;
    try {
      const Json document = parse_toml("x = " + value, "override");
      parsed = document.size() == 1 ? document.at("x") : Json(value);  // a line break: more keys
    } catch (const Error&) {
      parsed = value;
    }
    Json* place = &config;
    for (size_t begin = 0; begin <= path.size();) {
      const size_t dot = std::min(path.find('.', begin), path.size());
      require<ConfigError>(place->is_object() || place->is_null(),
                           "override \"{}\": \"{}\" is a value, not a table", word,
                           path.substr(0, begin == 0 ? 0 : begin - 1));
      place = &(*place)[path.substr(begin, dot - begin)];
      begin = dot + 1;
    }
    *place = std::move(parsed);
  }
}

}  // namespace tacit
