// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tacit/data/readers/wfdb_header.h"

namespace tacit {

/// What a signal file holds.
struct WfdbSamples {
  std::vector<std::vector<float>> leads{};  ///< in the order asked for, in the unit of each signal
  int64_t frames = 0;
  int64_t left_over = 0;  ///< bytes behind the last frame (FLAC: samples a channel), not read
};

/// Decodes the signals `wanted` of a file: indices into `signals`, which are all signals of that
/// file in the header's order. Formats are 8, 16, 24, 32, 61, 80, 160, 212, 310, 311 and, in FLAC,
/// 508, 516 and 524 (WFDB Applications Guide, signal(5)). A value is (sample - baseline) / gain,
/// NaN where the sample is its format's lowest, which means that there is none, and at the end for
/// the frames that a skew leaves out at the beginning. `frames`: how many the header promises;
/// nothing: as many as there are, and then checksums say nothing. `where` begins the message of
/// errors. Throws DataError when the file has fewer, when a checksum is another, and for gains that
/// are negative.
WfdbSamples decode_wfdb(std::string_view bytes, std::span<const WfdbSignal> signals,
                        const std::vector<size_t>& wanted, std::optional<int64_t> frames,
                        const std::string& where);

}  // namespace tacit
