// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>

namespace tacit {

/// JSON that keeps the order in which keys were written, so that files read as their authors did.
using Json = nlohmann::ordered_json;

}  // namespace tacit
