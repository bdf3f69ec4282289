// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "tacit/data/readers/long_form.h"

namespace tacit {

/// The folder A_DeviceMotion_data: the path itself, in it, or in a folder motionsense of it.
std::optional<std::filesystem::path> find_motionsense(const std::filesystem::path& path);

/// MotionSense (Malekzadeh et al. 2019) as published: ACTIVITY_TRIAL/sub_SUBJECT.csv at 50 Hz.
/// Channels ax ay az are gravity + userAcceleration (g), gx gy gz are rotationRate (rad/s).
/// config.path is what find_motionsense() gave. Recordings are called SUBJECT/TRIAL/ACTIVITY and
/// come in the order of subjects and trials. Throws DataError naming file, row and column.
Signals read_motionsense(const LongFormConfig& config, const std::string& spool);

}  // namespace tacit
