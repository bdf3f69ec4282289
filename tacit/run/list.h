// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tacit {

/// A run folder at a glance, for `tacit runs`.
struct RunSummary {
  std::filesystem::path folder;
  std::string verb{}, title{}, started{};  ///< as in run.json
  bool finished = false;
  std::string method{};
  int64_t epochs = 0;             ///< of pre-training, over all stages
  std::optional<double> loss{};   ///< the newest of validation, or of training where there is none
  std::optional<double> score{};  ///< the best self-supervised one at `score_labels`
  std::string score_metric{};     ///< weighted_f1, or r2 where labels are numbers
  std::string score_labels{};     ///< a class: "10" or "all"
  std::string problem{};          ///< why the folder cannot be read; empty where it can
};

/// The runs in `place` and in folders below it, sorted by when they started; a run folder's inside
/// is not searched. Damaged ones are listed with their problem. Throws StateError unless it is a
/// folder.
std::vector<RunSummary> list_runs(const std::filesystem::path& place);

/// A line a run, for a terminal.
std::string print_runs(const std::vector<RunSummary>& runs);

}  // namespace tacit
