// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "tacit/core/json.h"

namespace tacit {

/// What a run found, in one plain sentence. `results`: the content of results.json, `metrics`: the
/// list of metrics.jsonl's entries; either may be null. Missing and null values are left out of the
/// sentence; wrongly typed ones count as missing.
std::string headline(const Json& results, const Json& metrics);

}  // namespace tacit
