// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tacit/data/readers/long_form.h"

namespace tacit {

/// The unit of a column of times that hold numbers, from what its name says (time_ms), else from
/// their size (moments since 1970), else from the unit in which the median step makes 4 … 1000
/// samples a second. Nothing when all fail; `samples` when all steps are 1.
std::optional<TimeUnit> guess_time_unit(const std::string& name, double lowest, double highest,
                                        double median_step);

/// How the rows of files follow each other in time.
struct Timing {
  struct Recording {
    std::string name;
    int64_t rows = 0;
    double rate_hz = 0;  ///< 0 when there is no regular step
  };
  int64_t rows = 0, whole_rows = 0;   ///< all, and those in which no channel is missing
  int64_t falls = 0, repeats = 0;     ///< steps back, and none, within recordings
  int64_t repeats_when_sorted = 0;    ///< times that a recording holds twice
  int64_t returns = 0;                ///< recordings that go on after another has begun
  int64_t gaps = 0;                   ///< steps over 1.5 periods
  double median_step = 0;             ///< in the unit of the column, of steps that grow
  double jitter = 0;                  ///< deviation of the regular steps, as a share of their mean
  double rows_of_a_moment = 1;        ///< median rows that share a time, where times repeat
  std::vector<Recording> recordings;  ///< by file and the config's recording and subject
  std::vector<int64_t> missing;       ///< rows of each channel
  std::string first_fall;             ///< where, in words
};

/// Reads the times and channels of all files as `config` says, the first 4 million rows of each.
/// backward_time, repeated_time and file_rate_hz are not looked at. Throws what reading throws.
Timing time_rows(const LongFormConfig& config);

}  // namespace tacit
