// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tacit/core/json.h"

namespace tacit {

/// A TOML document as JSON; dates and times become texts. `name` stands for the document in
/// messages. Throws ConfigError with the line of a syntax error.
Json parse_toml(std::string_view document, const std::string& name);

/// Throws ConfigError when the file cannot be read.
Json read_toml(const std::filesystem::path& file);

/// Applies "a.b.c=value" in order; a value is TOML (5, 0.1, true, "text", [1, 2]), and what is not
/// TOML is taken as a text. Throws ConfigError for a word without "=" or a path through a
/// non-table.
void apply_overrides(Json& config, const std::vector<std::string>& overrides);

}  // namespace tacit
