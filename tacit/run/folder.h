// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tacit/core/files.h"
#include "tacit/core/json.h"
#include "tacit/dist/communicator.h"
#include "tacit/run/recipe.h"
#include "tacit/train/trainer.h"

namespace tacit {

/// Who asked for a run: how to reach them and how they may stop it. All optional.
struct Caller {
  std::string command;                          ///< as typed, for the record
  std::function<void(const std::string&)> say;  ///< a line for a person
  std::function<void(const std::string& stage, const Progress&)> progress;
  const std::atomic<bool>* stop = nullptr;
  /// The processes that do this run together; only the first one writes.
  std::shared_ptr<const Communicator> world = std::make_shared<SingleProcess>();

  void tell(const std::string& line) const {
    if (say) say(line);
  }
};

/// What to do when a folder already holds a run.
enum class Existing { continue_same, overwrite };

/// A folder that one run writes: run.json (what was asked), metrics.jsonl, events.out.tfevents.*,
/// checkpoints/, artifact/, results.json, report.html. Locked while it is open.
class RunFolder {
 public:
  /// Creates the folder, or takes up the run of the same verb and recipe that was interrupted in
  /// it. Throws StateError when the folder holds something else, another recipe (naming the first
  /// difference), or a finished run, unless `existing` is overwrite: then what a run writes there
  /// is removed first.
  RunFolder(const std::filesystem::path& path, const std::string& verb, const Recipe& recipe,
            Existing existing, const Caller& caller);

  const std::filesystem::path& path() const { return path_; }
  /// Merges members into run.json.
  void record(const Json& members);
  /// Marks the run as finished, once; its report makes it whole.
  void finish();

 private:
  std::filesystem::path path_;
  std::unique_ptr<FolderLock> lock_;
  Json description_;
};

/// run.json of a folder that holds a run. Throws StateError.
Json read_run(const std::filesystem::path& path);

}  // namespace tacit
