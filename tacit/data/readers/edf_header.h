// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tacit {

/// One signal of a recording in European Data Format, as the header describes it.
struct EdfSignal {
  std::string name{}, unit{};                          ///< without blanks at their ends, in UTF-8
  double physical_minimum = -1, physical_maximum = 1;  ///< in `unit`; may be the wrong way round
  double digital_minimum = -32768, digital_maximum = 32767;
  int64_t samples = 1;          ///< in each record
  size_t begin = 0;             ///< the first byte in each record
  bool is_annotations = false;  ///< holds texts with times, and no samples

  /// In `unit`, of the number that is stored.
  double physical(double digital) const {
    return physical_minimum + (digital - digital_minimum) * (physical_maximum - physical_minimum) /
                                  (digital_maximum - digital_minimum);
  }
};

/// The header of a recording in EDF, EDF+, BDF or BDF+.
struct EdfHeader {
  size_t bytes = 0;          ///< of the header itself
  size_t sample_bytes = 2;   ///< 3 in BDF
  bool interrupted = false;  ///< EDF+D, BDF+D: each record says when it begins
  int64_t records = -1;      ///< -1 where the header does not know
  size_t record_bytes = 0;
  double record_seconds = 1;
  std::vector<EdfSignal> signals{};

  /// Of a signal; 0 where records have no length.
  double rate_hz(const EdfSignal& signal) const {
    return record_seconds > 0 ? static_cast<double>(signal.samples) / record_seconds : 0;
  }
};

/// Takes the header from a file's first bytes. Every field that matters is checked; start and
/// patient are not read. Throws DataError, which names `file`, the signal and the field.
/// Kemp et al. 1992, doi:10.1016/0013-4694(92)90009-7; Kemp and Olivan 2003,
/// doi:10.1016/S1388-2457(03)00123-8; BDF: BioSemi's description of its files.
EdfHeader edf_header(std::string_view bytes, const std::string& file);

}  // namespace tacit
