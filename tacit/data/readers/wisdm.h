// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "tacit/data/readers/long_form.h"

namespace tacit {

/// The file WISDM_ar_v1.1_raw.txt: the path itself, or in it, its WISDM_ar_v1.1 or its wisdm.
std::optional<std::filesystem::path> find_wisdm(const std::filesystem::path& path);

/// More broken records than this share of all are refused: the file is then another one.
inline constexpr double kMostBrokenRecords = 0.01;

/// WISDM v1.1 (Kwapisz, Weiss & Moore 2011) as published: WISDM_ar_v1.1_raw.txt with records
/// "user,activity,timestamp,x,y,z;", timestamps in ns, m/s², nominally 20 Hz. config.path is the
/// file, or a folder that holds it, directly or in WISDM_ar_v1.1 or wisdm. The published file is
/// broken in places, and read as what its lines mean: a missing semicolon ends at the line's end,
/// several records may share a line, a comma before the semicolon is no cell. A record without all
/// six cells, with a cell that is no number, or with the timestamp 0 is dropped and counted in the
/// notes; so is one with the time of the record before. Channels ax ay az are in g. A recording
/// ends where the user changes or time goes back, and is called USER/NUMBER. Throws DataError
/// beyond kMostBrokenRecords.
Signals read_wisdm(const LongFormConfig& config, const std::string& spool);

}  // namespace tacit
