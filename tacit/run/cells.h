// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/evaluate/cells.h"
#include "tacit/run/folder.h"
#include "tacit/run/prepare.h"

namespace tacit {

/// Keeps a method's decoder beside its encoder, with what is usual of the fold's validation rows,
/// or of its training rows where there are none. Does nothing for a method without a decoder.
void keep_decoder(Method& method, const Fold& fold, const std::filesystem::path& artifact_folder);

/// What `tacit score` says in a terminal.
struct ScoreSummary {
  int64_t rows = 0, alarms = 0;
  double threshold = 0;    ///< scores above it are alarms
  int64_t usual_rows = 0;  ///< that the threshold was set on
  std::string print(double false_alarms) const;
};

/// `tacit score`: writes for every row of the data its score, p-value, whether it is called an
/// anomaly when this share of usual rows may be, the column that is most unlike what the others say
/// of it, and each column's standardised loss. `output` ends in .csv, .jsonl or .parquet. Throws
/// StateError for a run without decoder and ConfigError for what was asked.
ScoreSummary run_score(const std::filesystem::path& run, const std::filesystem::path& output,
                       double false_alarms, const std::vector<std::string>& overrides,
                       const Caller& caller);

/// `tacit impute`: writes the rows of the data with their missing cells filled in and, for each
/// category, NAME_probability beside it: of what was filled in, empty where nothing was. Throws
/// like run_score. Returns how many cells were filled.
int64_t run_impute(const std::filesystem::path& run, const std::filesystem::path& output,
                   const std::vector<std::string>& overrides, const Caller& caller);

}  // namespace tacit
