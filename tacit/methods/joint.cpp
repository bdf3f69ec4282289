// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/joint.h"

namespace tacit {

JointPart JointPart::read(const Json& json, const std::string& where) {
  require<ConfigError>(json.is_object() && json.contains("name") && json["name"].is_string(),
                       "{} must be a table with the name of a method, not {}", where, json.dump());
  JointPart part{.name = json["name"].get<std::string>(), .weight = 1, .options = json};
  part.options.erase("name");
  if (json.contains("weight")) {
    require<ConfigError>(json["weight"].is_number() && json["weight"].get<double>() > 0,
                         "{}.weight must be a number > 0, not {}", where, json["weight"].dump());
    part.weight = json["weight"].get<double>();
    part.options.erase("weight");
  }
  require<ConfigError>(part.name != Joint::kName, "{}: a joint method cannot hold another", where);
  part.options = find_method(part.name).resolve(part.options);
  return part;
}

Json JointPart::write() const {
  Json json{{"name", name}, {"weight", weight}};
  json.update(options);
  return json;
}

Joint::Joint(const Config& config, const Ingredients& ingredients) : config_(config) {
  require<ConfigError>(
      !config.methods.empty(),
      "method.methods is empty; name at least one, e.g. [{name = \"autoencoder\"}]");
  for (const JointPart& part : config.methods) {
    const std::string name = text("part{}", methods_.size() + 1);
    methods_.push_back(register_module(
        name, find_method(part.name).make(part.options,
                                          {ingredients.spec, ingredients.encoder,
                                           ingredients.rng.stream(name), ingredients.classes})));
    require<ConfigError>(methods_.back()->phases().size() == 1,
                         "method {} has phases of its own and cannot be part of a joint one",
                         part.name);
  }
}

Loss Joint::loss(const Batch& batch, Step& step) {
  Loss sum;
  for (size_t i = 0; i < methods_.size(); ++i) {
    const std::string& name = config_.methods[i].name;
    const Loss part = methods_[i]->loss(batch, step);
    const Tensor weighted = part.total * config_.methods[i].weight;
    sum.total = sum.total.defined() ? sum.total + weighted : weighted;
    sum.parts.emplace_back(name + "/loss", part.total);
    sum.parts.insert(sum.parts.end(), part.parts.begin(), part.parts.end());
  }
  return sum;
}

void Joint::after_update(const Step& step) {
  for (const auto& method : methods_) method->after_update(step);
}

}  // namespace tacit
