// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/data/readers/signal_file.h"
#include "tacit/data/readers/wfdb_header.h"

namespace tacit {

/// Leads of a record of segments, whose header is `file`, one segment behind the other. If the
/// first segment has no samples, it is a layout: it names the leads, and each segment holds some of
/// them, found by name; else all segments hold the same signals in the same order, named by the
/// first. NaN where a segment is "~" or does not hold a lead. Only files of the leads asked for are
/// read ({}: all). Throws DataError when a segment has another rate or length than the record says
/// or another unit than the lead, has segments itself, or cannot be read. Adds to `notes`.
std::vector<Lead> read_wfdb_segments(const WfdbHeader& header, const std::filesystem::path& file,
                                     const std::vector<std::string>& leads,
                                     std::vector<std::string>& notes);

}  // namespace tacit
