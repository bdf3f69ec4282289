// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

#include "tacit/core/json.h"
#include "tacit/run/folder.h"
#include "tacit/run/recipe.h"

namespace tacit {

/// `tacit curve`: pre-trains, then trains every model of [curve] on every number of labels, for
/// each seed and fold, and scores it on the test part. Labels are drawn from the windows outside
/// the test part; draws for the same seed are nested and shared by all models. Writes results.json,
/// cells.json and report.html; continues where it was interrupted. Returns results.json. Throws
/// Interrupted.
Json run_curve(const Recipe& recipe, const std::filesystem::path& folder, Existing existing,
               const Caller& caller);

}  // namespace tacit
