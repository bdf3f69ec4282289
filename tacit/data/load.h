// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tacit/data/column_encoders.h"
#include "tacit/data/preprocessing.h"
#include "tacit/data/readers/long_form.h"
#include "tacit/data/readers/table.h"
#include "tacit/data/simulate_motion.h"
#include "tacit/data/split.h"
#include "tacit/data/windows.h"

namespace tacit {

enum class Source { csv, parquet, npy, motionsense, hapt, uci_har, wisdm, simulated_motion, table };
inline std::vector<std::string> names(Source) {
  return {"csv",   "parquet",          "npy",  "motionsense", "hapt", "uci_har",
          "wisdm", "simulated_motion", "table"};
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
  TableConfig table{};  ///< where files are is taken from `file`
  ColumnEncodersConfig encode{};
};
template <class Visitor>
void describe(Visitor& visit, DataConfig& config) {
  visit("source", config.source, "signals: a known set, a kind of file, or simulated; or a table");
  describe(visit, config.file);
  visit("rate_hz", config.rate_hz, "resample to this rate; 0 keeps the file's", at_least(0));
  visit("spool", config.spool,
        "folder for samples while they are in use; \"\" is $TMPDIR or /var/tmp");
  visit("window", config.window, "how recordings are cut");
  visit("split", config.split, "what is held out");
  visit("normalize", config.normalize, "fitted on training windows");
  visit("simulate", config.simulate, "for source simulated_motion");
  visit("table", config.table, "for source table: its columns");
  visit("encode", config.encode, "for source table: how columns become numbers");
}

/// Reads, scales and resamples. Throws DataError for what files hold, ConfigError for what is
/// asked.
Signals load_signals(const DataConfig& config);

/// The rows of a recipe of any kind: windows of signals, or those of a table. `known`: columns of
/// a model, for tables that are read to be seen by it. Throws like load_signals and read_table.
std::shared_ptr<const Examples> load_examples(const DataConfig& config,
                                              const std::vector<TableColumn>& known = {});

/// Fitted on these rows of what load_examples() gave. Throws like the fits of both kinds.
Preprocessing fit_preprocessing(const DataConfig& config, const Examples& data,
                                std::span<const int64_t> rows);

/// The source that reads what a folder (or file) holds as its authors publish it; nothing when it
/// is none of the known sets.
std::optional<Source> published_at(const std::filesystem::path& path);

/// 16 hex digits that change when a name, a label, a length or a value does. Read in chunks.
std::string fingerprint(const Signals& signals);
std::string fingerprint(const Table& table);
std::string fingerprint(const Examples& data);  ///< of the windows' signals, or of the table

}  // namespace tacit
