// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string_view>
#include <vector>

#include "tacit/data/readers/signal_file.h"

namespace tacit {

/// Reads the bytes of an annotation file (.atr, …) in the MIT format (WFDB Applications Guide,
/// annot(5)). A mark's code is the mnemonic of its type, "N", "V", "+", or the one that the file
/// itself defines, or the number in brackets, "[42]", of a type without any; its text is the
/// auxiliary information without the zeros at its end. Subtype, channel and number are passed over,
/// and so are the notes that say how to read the file. `rate_hz`: times are counted in 1/rate_hz
/// seconds, unless the file names its own resolution. `file` is named in errors. Throws DataError
/// when the two zero bytes that end such a file are missing, as after a cut, or what stands before
/// them is no annotation.
std::vector<Mark> parse_wfdb_annotations(std::string_view bytes, double rate_hz,
                                         const std::filesystem::path& file);

}  // namespace tacit
