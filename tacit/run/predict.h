// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/run/folder.h"

namespace tacit {

/// `tacit predict`: what the fine-tuned model of a run says of every row of the run's data, or of
/// other data by overrides of data.*: columns row, recording, subject, start_seconds (of a table
/// file and group instead) and label as embed has them, then predicted and p_CLASS for each class;
/// of numbers predicted alone. Data without labels are read with data.label = "". `output` ends in
/// .csv, .jsonl or .parquet. Returns the number of rows. Throws StateError for a run that was not
/// fine-tuned, ShapeError when the data do not fit it, and what loading throws.
int64_t run_predict(const std::filesystem::path& run, const std::filesystem::path& output,
                    const std::vector<std::string>& overrides, const Caller& caller);

}  // namespace tacit
