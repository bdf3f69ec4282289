// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

/// What the command line must know of the library to take a line apart.
namespace tacit::cli {

std::vector<std::string> recipe_names();     ///< recipes that come with Tacit
std::vector<std::string> recipe_keys();      ///< top-level keys of a recipe
std::vector<std::string> simulation_keys();  ///< settings of tacit data simulate
std::vector<std::string> fetch_keys();       ///< settings of tacit data fetch
std::vector<std::string> generate_keys();    ///< settings of tacit generate
std::vector<std::string> evaluate_keys();    ///< settings of tacit evaluate
std::vector<std::string> published_names();  ///< data sets that it downloads

}  // namespace tacit::cli
