// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tacit/data/readers/signal_file.h"

namespace tacit {

/// A signal as the head of a Poly5 file describes it.
struct Poly5Signal {
  std::string name{};  ///< without "(Lo) "
  std::string unit{};  ///< UTF-8; "uV" also where it was written with a Greek letter
  double unit_low = 0, unit_high = 0, adc_low = 0, adc_high = 0;
};

/// The head of a Poly5 file.
struct Poly5Header {
  double rate_hz = 0;
  std::optional<double> start{};  ///< seconds since 1970 on the clock of the place; none if no date
  std::vector<Poly5Signal> signals{};
  int64_t periods = 0;  ///< samples of each signal
  int64_t blocks = 0, periods_in_block = 0, bytes_in_head = 0;
};

/// Reads the head of a Poly5 file of TMSi (.S00, .Poly5), versions 2.03 and 2.04: a record of 217
/// or 218 bytes and one of 136 for each half of a signal. Throws DataError, naming what is wrong,
/// for all else and for signals of 16 bits.
Poly5Header read_poly5_header(const std::filesystem::path& file);

/// The signals at these places, in the units that the head says. Throws DataError where the file
/// ends early.
SignalFile read_poly5(const std::filesystem::path& file, const Poly5Header& header,
                      const std::vector<size_t>& places);

}  // namespace tacit
