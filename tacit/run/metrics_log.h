// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/train/trainer.h"

namespace tacit {

/// metrics.jsonl of a run: a line an epoch of each stage. An epoch that is trained again after a
/// resume replaces its line and those behind it.
class MetricsLog {
 public:
  /// Reads what is there. Throws StateError when the file is damaged.
  explicit MetricsLog(std::filesystem::path file);
  /// Throws StateError when the file cannot be written.
  void record(const std::string& stage, const EpochEnd& end);

 private:
  std::filesystem::path file_;
  std::vector<Json> lines_;
};

}  // namespace tacit
