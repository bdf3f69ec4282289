// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/weights.h"

#include "tacit/core/error.h"

namespace tacit {

std::map<std::string, at::Tensor> weights(const torch::nn::Module& module) {
  std::map<std::string, at::Tensor> all;
  for (const auto& item : module.named_parameters())
    all[item.key()] = item.value().detach().clone();
  for (const auto& item : module.named_buffers()) all[item.key()] = item.value().clone();
  return all;
}

void set_weights(torch::nn::Module& module, const std::map<std::string, at::Tensor>& saved) {
  size_t used = 0;
  const auto put = [&](const std::string& name, at::Tensor place) {
    const auto found = saved.find(name);
    require<StateError>(found != saved.end(), "the saved weights lack \"{}\"", name);
    require<StateError>(found->second.sizes() == place.sizes(),
                        "the saved weights hold \"{}\" with shape {}, not {}", name,
                        found->second.sizes(), place.sizes());
    place.detach().copy_(found->second);
    ++used;
  };
  for (const auto& item : module.named_parameters()) put(item.key(), item.value());
  for (const auto& item : module.named_buffers()) put(item.key(), item.value());
  if (used == saved.size()) return;
  const auto known = weights(module);
  for (const auto& [name, tensor] : saved)
    require<StateError>(known.contains(name), "the saved weights hold an unknown \"{}\"", name);
}

std::map<std::string, at::Tensor> with_prefix(const std::map<std::string, at::Tensor>& all,
                                              const std::string& prefix) {
  std::map<std::string, at::Tensor> entries;
  for (auto place = all.lower_bound(prefix); place != all.end() && place->first.starts_with(prefix);
       ++place)
    entries[place->first.substr(prefix.size())] = place->second;
  return entries;
}

void add_with_prefix(std::map<std::string, at::Tensor>& all, const std::string& prefix,
                     const std::map<std::string, at::Tensor>& entries) {
  for (const auto& [name, tensor] : entries) all[prefix + name] = tensor;
}

}  // namespace tacit
