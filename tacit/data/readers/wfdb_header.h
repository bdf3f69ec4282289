// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tacit {

/// One signal of a record, as its line in the header describes it; what the line leaves out has the
/// value that the format gives it.
struct WfdbSignal {
  std::string file{};             ///< that holds the samples; "~" for a signal without any
  int32_t format = 16;            ///< how they are stored; 0 for none
  int32_t samples_per_frame = 1;  ///< at least 1
  int64_t skew = 0;               ///< frames at the file's beginning to leave out of this signal
  int64_t offset = 0;             ///< bytes before the first sample; in FLAC, samples
  double gain = 200;              ///< steps of the converter a unit; not 0, but maybe negative
  int32_t baseline = 0;           ///< the sample that stands for 0 units
  std::string unit{};             ///< "" where the line names none
  int32_t resolution = 0;         ///< of the converter, in bits; 0 where the line does not say
  int32_t zero = 0;               ///< the sample at the middle of the converter's range
  int32_t initial = 0;            ///< what the differences of format 8 start from
  std::optional<uint16_t> checksum{};  ///< sum of all samples modulo 65536; nothing for 0, too
  int64_t block_size = 0;              ///< of tapes; 0 for files
  std::string name{};                  ///< what the line calls it, or "record R, signal N"
};

/// Signals that share a file: `count` of them, the first of which is signals[first].
struct WfdbFile {
  std::string name{};
  size_t first = 0;
  size_t count = 0;
};

/// A part of a record that is a record of its own.
struct WfdbSegment {
  std::string name{};  ///< "~" for a time without samples
  int64_t frames = 0;
};

/// What a header says of its record.
struct WfdbHeader {
  std::string record{};
  int64_t signal_count = 0;
  double rate_hz = 250;                  ///< frames a second
  double counter_hz = 250;               ///< ticks a second of a counter of its own, else rate_hz
  double base_counter = 0;               ///< its value at the first frame
  std::optional<int64_t> frames{};       ///< nothing where the header does not say
  std::string base_time{}, base_date{};  ///< of the first frame, as they stand there
  std::vector<WfdbSignal> signals{};     ///< of a record without segments
  std::vector<WfdbFile> files{};         ///< of these signals
  std::vector<WfdbSegment> segments{};   ///< of a record that has them
  std::vector<std::string> comments{};   ///< lines behind a #, without it
  int64_t lines_left_out = 0;  ///< that follow the last signal or segment; the format ignores them
  bool ends_within_line = false;  ///< no line break behind the last signal or segment: cut, maybe
};

/// Reads the words of a header (.hea) as PhysioNet's WFDB Applications Guide, header(5), defines
/// them. `file` is named in errors. Throws DataError with the number of a line that cannot be read,
/// that names a file outside the header's folder, or whose signal contradicts another of the same
/// file; also when lines are missing. A negative gain and a format that is not known are no errors
/// here, since only they may read a signal who ask for it.
WfdbHeader parse_wfdb_header(std::string_view words, const std::filesystem::path& file);

/// parse_wfdb_header() of a file. Throws DataError also when it cannot be read or is larger than
/// any header (16 MiB).
WfdbHeader read_wfdb_header(const std::filesystem::path& file);

}  // namespace tacit
