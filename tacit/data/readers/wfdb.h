// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/data/readers/signal_file.h"

namespace tacit {

/// Reads a record in the format of PhysioNet's WFDB (Waveform Database): `header` is its file
/// NAME.hea, beside which the signal files lie; a record of segments is joined to one. `leads`:
/// those to read, in that order; {}: all, in the header's. `annotator`: the ending of the
/// annotation file to read, as in NAME.atr: "atr"; "": none. A lead whose signal has more samples a
/// frame has a higher rate than others. Throws DataError as parse_wfdb_header, decode_wfdb,
/// read_wfdb_segments and parse_wfdb_annotations do, and when a file or a lead is not there.
SignalFile read_wfdb(const std::filesystem::path& header, const std::vector<std::string>& leads,
                     const std::string& annotator);

}  // namespace tacit
