// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/long_form.h"
#include "tacit/data/readers/rows.h"

namespace tacit {

/// A step in time over this many periods is a gap.
inline constexpr double kGapPeriods = 1.5;

/// The rows of one file as `config` wants them. Numbers: the channels, then the time if there is
/// one. Texts: the recording's columns, the subject, the label, those of them that there are; words
/// from the path stand in columns like any other. Sorted where data.backward_time says so. Throws
/// DataError and ConfigError like open_rows.
std::unique_ptr<RowStream> long_form_rows(const LongFormConfig& config, const DataFile& file);

/// Where everything is in a block of long_form_rows().
struct BlockView {
  BlockView(const LongFormConfig& config, const RowBlock& of);

  bool same_recording(size_t a, size_t b) const;
  /// The words that name the recording of a row.
  std::vector<std::string> key(size_t row) const;

  const RowBlock& block;
  size_t keys;
  const std::vector<double>* time = nullptr;
  const std::vector<std::string>* subject = nullptr;
  const std::vector<std::string>* label = nullptr;
};

/// 1 for seconds and dates, 1e-3 for ms …; for samples, a period.
double seconds_per_unit(TimeUnit unit, double rate_hz);

/// Samples a second, from steps in seconds, all above 0: one over the mean of the regular ones (0.5
/// … 1.5 times the median), rounded to whole Hz when within 0.1 %. 0 without steps.
double rate_of(std::vector<double> steps);

}  // namespace tacit
