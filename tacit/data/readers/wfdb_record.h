// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/data/readers/signal_file.h"
#include "tacit/data/readers/wfdb_header.h"

namespace tacit {

/// Counts values that no file holds, for a header alone may ask for any number of them.
class WfdbGaps {
 public:
  explicit WfdbGaps(const std::filesystem::path& file) : file_(file) {}

  /// `frames` times `each` more. Throws DataError when all together are more than 2^28 (1 GiB).
  void add(int64_t frames, int64_t each);

 private:
  std::filesystem::path file_;
  int64_t values_ = 0;
};

/// Adds to `notes` what a person should know of a header that was read: lines that the format
/// leaves out, and an end that looks like a cut.
void note_header(const WfdbHeader& header, const std::filesystem::path& file,
                 std::vector<std::string>& notes);

/// Where each of `leads` stands among `names`; for no leads, all places. Throws DataError for a
/// lead that is not there, with those that are, and for one that is there twice. `file` begins
/// messages.
std::vector<size_t> places_of_leads(const std::vector<std::string>& names,
                                    const std::vector<std::string>& leads,
                                    const std::filesystem::path& file);

/// The signals header.signals[which[0]], … of a record without segments, whose header is `file`.
/// Only the files that hold them are read. Throws DataError like decode_wfdb, and when files
/// without a promised number of samples have different ones. Adds to `notes` what was left out.
std::vector<Lead> read_wfdb_leads(const WfdbHeader& header, const std::filesystem::path& file,
                                  const std::vector<size_t>& which, WfdbGaps& gaps,
                                  std::vector<std::string>& notes);

}  // namespace tacit
