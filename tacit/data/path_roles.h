// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tacit/data/readers/data_files.h"

namespace tacit {

/// The pattern of paths that names the subject or the label, or both; "" when paths tell neither.
/// Where `wanted` lacks one of the two, no hole is called so. Sentences go to `reasons`.
std::string guess_path_pattern(const std::vector<DataFile>& files, bool want_subject,
                               bool want_label, std::vector<std::string>& reasons);

/// Whether a word names something that people do: walk, sitting, upstairs …
bool is_activity(std::string_view word);

}  // namespace tacit
