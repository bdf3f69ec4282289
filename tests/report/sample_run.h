// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

namespace tacit {

/// Writes run.json, metrics.jsonl and results.json of an invented run, with plausible numbers, some
/// nulls, and texts that try to break out of the page.
void write_sample_run(const std::filesystem::path& folder);

/// Writes run.json, metrics.jsonl and four grids in samples/ of an invented run of a GAN.
void write_sample_gan_run(const std::filesystem::path& folder);

/// A text that runs a script wherever it is not escaped.
inline constexpr const char* kHostile = "</script><img src=x onerror=alert(1)>";

}  // namespace tacit
