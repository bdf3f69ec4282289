// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

namespace tacit {

/// Writes `run_folder`/report.html from run.json, metrics.jsonl, results.json and the first, the
/// middle and the last of samples/NNNN.png: one page that holds everything it shows and never uses
/// the network. A missing file leaves its sections out, a null value its point. A last line of
/// metrics.jsonl that a crash cut short is ignored.
/// Throws StateError naming the file (and line) when one is damaged, or when the folder is missing
/// or cannot be written.
void write_report(const std::filesystem::path& run_folder);

}  // namespace tacit
