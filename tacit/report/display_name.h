// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace tacit {

/// How people read a model's or a metric's key: "self_supervised_frozen" is "self-supervised,
/// frozen", "weighted_f1" is "weighted F1". An unknown key is shown with spaces for underscores.
std::string display_name(const std::string& key);

}  // namespace tacit
