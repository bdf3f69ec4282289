// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "tacit/data/normalizer.h"
#include "tacit/data/readers/long_form.h"
#include "tacit/data/simulate_motion.h"
#include "tacit/data/split.h"
#include "tacit/data/windows.h"

namespace tacit {

enum class Source { csv, parquet, npy, motionsense, hapt, uci_har, wisdm, simulated_motion };
inline std::vector<std::string> names(Source) {
  return {"csv", "parquet", "npy", "motionsense", "hapt", "uci_har", "wisdm", "simulated_motion"};
}

/// The table [data] of a recipe.
struct DataConfig {
  Source source = Source::simulated_motion;
  LongFormConfig file{};  ///< its fields stand in [data] itself
  double rate_hz = 0;
  std::string spool{};
  WindowConfig window{};
  SplitConfig split{};
  Normalization normalize = Normalization::zscore;
  SimulateMotionConfig simulate{};
};
template <class Visitor>
void describe(Visitor& visit, DataConfig& config) {
  visit("source", config.source, "a known set, a kind of file, or simulated");
  describe(visit, config.file);
  visit("rate_hz", config.rate_hz, "resample to this rate; 0 keeps the file's", at_least(0));
  visit("spool", config.spool,
        "folder for samples while they are in use; \"\" is $TMPDIR or /var/tmp");
  visit("window", config.window, "how recordings are cut");
  visit("split", config.split, "what is held out");
  visit("normalize", config.normalize, "fitted on training windows");
  visit("simulate", config.simulate, "for source simulated_motion");
}

/// Reads, scales and resamples. Throws DataError for what files hold, ConfigError for what is
/// asked.
Signals load_signals(const DataConfig& config);

/// The source that reads what a folder (or file) holds as its authors publish it; nothing when it
/// is none of the known sets.
std::optional<Source> published_at(const std::filesystem::path& path);

/// 16 hex digits that change when a name, a label, a length or a sample does. Read in chunks.
std::string fingerprint(const Signals& signals);

}  // namespace tacit
