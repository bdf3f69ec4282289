// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <map>
#include <string>

namespace tacit {

/// Parameters and buffers of a module by dotted name, as copies.
std::map<std::string, at::Tensor> weights(const torch::nn::Module& module);

/// Puts them back. Throws StateError naming the first tensor that is missing, unknown or of another
/// shape.
void set_weights(torch::nn::Module& module, const std::map<std::string, at::Tensor>& saved);

/// The entries of `all` whose names start with `prefix`, without it.
std::map<std::string, at::Tensor> with_prefix(const std::map<std::string, at::Tensor>& all,
                                              const std::string& prefix);
/// Adds `entries` to `all` with `prefix` before their names.
void add_with_prefix(std::map<std::string, at::Tensor>& all, const std::string& prefix,
                     const std::map<std::string, at::Tensor>& entries);

}  // namespace tacit
