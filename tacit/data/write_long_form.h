// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

#include "tacit/data/signals.h"

namespace tacit {

/// Writes signals as a table with a row a sample, under the names that LongFormConfig expects:
/// subject, experiment, activity ("" without a label), t in seconds, and a column a channel. A file
/// as data/table_writer.h writes it, a recording after the other. Throws like create_table().
void write_long_form(const Signals& signals, const std::filesystem::path& file);

}  // namespace tacit
