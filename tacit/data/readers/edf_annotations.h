// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tacit {

/// Texts that a recording in EDF+ or BDF+ has at one time.
struct EdfAnnotation {
  double onset = 0;                  ///< seconds since the start that the header names
  double duration = 0;               ///< in seconds; 0 where none is given
  std::vector<std::string> texts{};  ///< in UTF-8; a record's own onset has an empty one
};

/// What the annotation signal of one record holds.
struct EdfAnnotations {
  std::vector<EdfAnnotation> list{};  ///< as they stand there
  bool begins_with_onset = false;     ///< the first one says when the record begins
  int64_t damaged = 0;                ///< parts that could not be read, and are not in the list
};

/// Takes the bytes of an annotation signal in one record apart: time-stamped lists of texts, each
/// "+onset[\x15duration]\x14text\x14…\x14\0", and zeros behind them. Never throws.
/// Kemp and Olivan 2003, doi:10.1016/S1388-2457(03)00123-8.
EdfAnnotations edf_annotations(std::string_view bytes);

}  // namespace tacit
