// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/run/folder.h"

namespace tacit {

/// The recipe that a finished pretrain run was made with, with overrides applied. Throws StateError
/// for a folder that holds no artifact, ConfigError for a bad override.
Recipe recipe_of_run(const std::filesystem::path& run, const std::vector<std::string>& overrides);

/// `tacit probe`: linear probe (ridge regression of numbers) and nearest neighbours on the frozen
/// features of a run, from `labels` windows a class (in all of numbers) outside the test part,
/// scored on the test part, over curve.seeds draws. The data are cut, split and normalised as for
/// the run. Adds to results.json and the report; returns results.json. Throws StateError when the
/// data are not what the encoder was trained on.
Json run_probe(const std::filesystem::path& run, const LabelCount& labels,
               const std::vector<std::string>& overrides, const Caller& caller);

/// `tacit finetune`: the same for the encoder trained on as [finetune] says. The first seed's model
/// is kept in `run`/finetuned: an artifact of its encoder, and head.safetensors.
Json run_finetune(const std::filesystem::path& run, const LabelCount& labels,
                  const std::vector<std::string>& overrides, const Caller& caller);

}  // namespace tacit
