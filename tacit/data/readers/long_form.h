// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/readers/dialect.h"
#include "tacit/data/signals.h"

namespace tacit {

/// `iso`: dates with a time, such as 2024-05-01T10:00:00.02Z (see instant_in()).
enum class TimeUnit { samples, s, ms, us, ns, iso };
inline std::vector<std::string> names(TimeUnit) {
  return {"samples", "s", "ms", "us", "ns", "iso"};
}

/// What becomes of a step back in time within a recording.
enum class BackwardTime {
  refuse,        ///< DataError
  sort,          ///< the rows of a file are sorted; see sort_rows.h for the memory it takes
  new_recording  ///< another recording begins, called NAME#2, NAME#3, …
};
inline std::vector<std::string> names(BackwardTime) { return {"refuse", "sort", "new_recording"}; }

/// What becomes of a row with the time of the row before it.
enum class RepeatedTime {
  refuse,  ///< DataError
  drop     ///< it is left out, and counted
};
inline std::vector<std::string> names(RepeatedTime) { return {"refuse", "drop"}; }

/// What becomes of a missing value and of a jump in time.
enum class Missing {
  interpolate,  ///< fill short ones by a straight line; longer ones end the recording
  drop,         ///< leave the rows out and end the recording
  refuse        ///< DataError
};
inline std::vector<std::string> names(Missing) { return {"interpolate", "drop", "refuse"}; }

/// Files in long form: a row a sample, a column a channel, and columns that say whose sample it is,
/// when it was taken and what it shows.
struct LongFormConfig {
  std::string path{};               ///< a file, or a folder of such files
  std::string path_pattern{};       ///< words of paths as columns; see data_files()
  Dialect text{};                   ///< of text files; its fields stand beside these
  std::string subject = "subject";  ///< column; "" where there are no subjects
  std::vector<std::string> recording{"experiment"};  ///< columns that together name a recording
  std::string label = "activity";                    ///< column; "" without labels
  std::string time = "t";  ///< column; "" where rows simply follow each other
  TimeUnit time_unit = TimeUnit::samples;
  BackwardTime backward_time = BackwardTime::refuse;
  RepeatedTime repeated_time = RepeatedTime::refuse;
  double file_rate_hz = 0;  ///< 0: estimated from the times
  std::vector<std::string> channels{"ax", "ay", "az"};
  std::vector<double> scale{};         ///< factor of each channel to the unit wanted; empty: all 1
  std::vector<std::string> classes{};  ///< labels that count, others are unlabelled; empty: all
  Missing missing = Missing::interpolate;
  double max_gap_seconds = 0.2;
};
template <class Visitor>
void describe(Visitor& visit, LongFormConfig& config) {
  visit("path", config.path,
        "a .csv, .tsv, .jsonl (also with .gz) or .parquet file, or a folder of them");
  visit("path_pattern", config.path_pattern,
        "which files of the folder, and what their paths say: \"{activity}_{}/sub_{subject}\"");
  describe(visit, config.text);
  visit("subject", config.subject, "column that names the person; \"\" where there is none");
  visit("recording", config.recording, "columns that together name a recording");
  visit("label", config.label, "column of the class; \"\" without labels");
  visit("time", config.time, "column of the time; \"\" where rows simply follow each other");
  visit("time_unit", config.time_unit, "of the time column; iso: dates with a time");
  visit("backward_time", config.backward_time, "what becomes of a step back in time");
  visit("repeated_time", config.repeated_time,
        "what becomes of a row with the time of the one before");
  visit("file_rate_hz", config.file_rate_hz,
        "samples a second in the file; 0 estimates it from the times", at_least(0));
  visit("channels", config.channels, "columns of the signal, in this order");
  visit("scale", config.scale, "factor of each channel to the unit wanted; empty: all 1");
  visit("classes", config.classes, "labels that count, others are unlabelled; empty: all");
  visit("missing", config.missing, "what becomes of missing values and jumps in time");
  visit("max_gap_seconds", config.max_gap_seconds, "longest gap that is filled", at_least(0));
}

/// Reads files in long form, block by block, keeping samples in a Spool in the folder `spool`.
///
/// Rows of a recording must follow each other with increasing times, unless backward_time and
/// repeated_time say otherwise; samples count as equally spaced at the file's rate. That rate, if
/// not given, is the mean of the regular steps (0.5 … 1.5 times the median) at the start of the
/// file, rounded to whole Hz when within 0.1 %. A step in time over 1.5 periods is a gap; a row
/// counts as missing when any of its channels is, and a gap as that many missing rows. What was
/// filled or left out is counted in Signals::notes. A recording most of whose steps are another
/// rate's is refused.
///
/// Throws DataError (what a file holds, with file, row and column) and ConfigError (what was
/// asked).
Signals read_long_form(const LongFormConfig& config, const std::string& spool);

}  // namespace tacit
