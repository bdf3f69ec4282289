// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/run/folder.h"

namespace tacit {

/// `tacit embed`: the features of every row of the run's data (or of other data, by overrides of
/// data.*), with what each row is. A .parquet, .csv or .jsonl file has columns row, part (train |
/// validation | test; new for data that the encoder was not trained on), recording, subject,
/// start_seconds (of a table file and group instead), label, f0 … f(D-1); a .npy file holds the
/// features [N, D] float32 and a .csv of the same stem beside it the other columns. `layers`, last
/// or all, chooses those of a table's encoder; "" leaves it as it was trained. Throws ConfigError
/// for another suffix, ShapeError when the data do not fit the encoder, StateError when a file
/// cannot be written.
void run_embed(const std::filesystem::path& run, const std::filesystem::path& output,
               const std::vector<std::string>& overrides, const Caller& caller,
               const std::string& layers = "");

}  // namespace tacit
