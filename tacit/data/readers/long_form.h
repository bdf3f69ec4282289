// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/signals.h"

namespace tacit {

enum class TimeUnit { samples, s, ms, us, ns };
inline std::vector<std::string> names(TimeUnit) { return {"samples", "s", "ms", "us", "ns"}; }

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
  std::string path{};                              ///< a file, or a folder of such files
  std::string subject = "subject";                 ///< column; "" where there are no subjects
  std::vector<std::string> recording{"experiment"};  ///< columns that together name a recording
  std::string label = "activity";                  ///< column; "" without labels
  std::string time = "t";                          ///< column; "" where rows simply follow each other
  TimeUnit time_unit = TimeUnit::samples;
  double file_rate_hz = 0;                         ///< 0: estimated from the times
  std::vector<std::string> channels{"ax", "ay", "az"};
  std::vector<double> scale{};       ///< factor of each channel to the unit wanted; empty: all 1
  std::vector<std::string> classes{};  ///< labels that count, others are unlabelled; empty: all
  Missing missing = Missing::interpolate;
  double max_gap_seconds = 0.2;
};
template <class Visitor>
void describe(Visitor& visit, LongFormConfig& config) {
  visit("path", config.path, "a .csv, .csv.gz or .parquet file, or a folder of them");
  visit("subject", config.subject, "column that names the person; \"\" where there is none");
  visit("recording", config.recording, "columns that together name a recording");
  visit("label", config.label, "column of the class; \"\" without labels");
  visit("time", config.time, "column of the time; \"\" where rows simply follow each other");
  visit("time_unit", config.time_unit, "of the time column");
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
/// Rows of a recording must follow each other with increasing times; samples count as equally spaced
/// at the file's rate. That rate, if not given, is the mean of the regular steps (0.5 … 1.5 times the
/// median) at the start of the file, rounded to whole Hz when within 0.1 %. A step in time over 1.5
/// periods is a gap; a row counts as missing when any of its channels is, and a gap as that many
/// missing rows. What was filled or left out is counted in Signals::notes.
///
/// Throws DataError (what a file holds, with file, row and column) and ConfigError (what was asked).
Signals read_long_form(const LongFormConfig& config, const std::string& spool);

}  // namespace tacit
