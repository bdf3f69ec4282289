// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace tacit {

/// One channel of a file of signals.
struct Lead {
  std::string name{};  ///< without blanks at its ends
  std::string unit{};  ///< as the file calls it; "" where it does not
  double rate_hz = 0;
  std::vector<float> samples{};  ///< in `unit`; NaN where the file says that there is no value
};

/// A note that belongs to a moment, or to a stretch of time.
struct Mark {
  double seconds = 0;   ///< since the first sample
  double duration = 0;  ///< in seconds; 0 for a moment
  std::string code{};   ///< a short symbol, as WFDB has it: "N", "+"; "" where there is none
  std::string text{};   ///< words; "" where there are none
};

/// What a file of signals holds, as it says it.
struct SignalFile {
  std::vector<Lead> leads{};         ///< in the order asked for, or in the file's
  std::vector<Mark> marks{};         ///< by time
  std::vector<std::string> notes{};  ///< what reading did that a person should know
};

}  // namespace tacit
