// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/run/init.h"

namespace tacit {

/// Whether text or Parquet files are rows of a table rather than samples of signals. `given`, the
/// keys of [data] that a person has set, decides where it can: source, the tables `table` and
/// `encode`, and what only signals have (time, channels, window …). Else the columns do, as
/// guess_roles() takes them. Three axes of a sensor, or a name as ecg or acc, are signals: always
/// beside a time, and without one unless there are columns of texts that are neither label, person
/// nor recording. Other numbers are signals beside a time and without such texts. All else is a
/// table. Throws like survey().
bool holds_table(const std::filesystem::path& path, const Json& given);

/// What look_at() does for tables: tells kinds of columns (guess_kinds()), label, what must stay
/// together, and split. Throws DataError when no column can be learnt from, naming what they are.
Findings look_at_table(const std::filesystem::path& path, const Json& given);

}  // namespace tacit
