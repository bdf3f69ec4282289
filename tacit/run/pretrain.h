// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>

#include "tacit/artifact/artifact.h"
#include "tacit/run/folder.h"
#include "tacit/run/prepare.h"

namespace tacit {

/// An encoder as a recipe describes it, freshly initialised from `rng`.
std::shared_ptr<Encoder> make_encoder(const Recipe& recipe, const Spec& spec, const Rng& rng);

/// Throws ConfigError unless encoder and method of a recipe can be made for such rows, whose labels
/// name so many classes: called
/// before a run folder is, so that a recipe that cannot run leaves none behind.
void require_model(const Recipe& recipe, const Spec& spec, int64_t classes);

/// Trains an encoder with one method on the training rows of a fold, or on `some` of them, and
/// keeps it in `artifact`; metrics and checkpoints go to the run folder `folder`. Returns at once
/// what is in `artifact` already. Of several processes, which all call it, the first one writes.
/// Throws Interrupted.
Artifact pretrain_encoder(const Recipe& recipe, const MethodChoice& method,
                          const Prepared& prepared, const Fold& fold, const Rng& rng,
                          const std::string& stage, const std::filesystem::path& folder,
                          const std::filesystem::path& artifact, const Caller& caller,
                          const Subset* some = nullptr);

/// `tacit pretrain`: the whole run, from data to artifact and report. Continues an interrupted run
/// of the same recipe. Called by all processes of `caller.world`. Throws Interrupted after a
/// checkpoint, and DataError when processes read other data or recipes.
void run_pretrain(const Recipe& recipe, const std::filesystem::path& folder, Existing existing,
                  const Caller& caller);

}  // namespace tacit
