// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "tacit/data/readers/long_form.h"

namespace tacit {

/// The folder that holds train/Inertial Signals: the path itself, or "UCI HAR Dataset" or uci_har
/// in it.
std::optional<std::filesystem::path> find_uci_har(const std::filesystem::path& path);

/// UCI HAR (Anguita et al. 2013) as published: train/ and test/, each with Inertial
/// Signals/total_acc_x_PART.txt … and body_gyro_x_PART.txt … (a line a window of 128 numbers, in g
/// and rad/s), subject_PART.txt and y_PART.txt; activity_labels.txt above. config.path is the
/// folder that holds train, or one that holds "UCI HAR Dataset" or uci_har. Each window is a
/// recording of its own, called PART/NUMBER, at 50 Hz: windows overlap by half, so neither cut nor
/// join them: keep window.length = 128 and split by subject. Throws DataError naming file and row.
Signals read_uci_har(const LongFormConfig& config, const std::string& spool);

}  // namespace tacit
