// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>

#include "tacit/data/readers/emotion/emotion_config.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// Whether the path is the folder of WESAD, of one of its people, or a person's pickle.
bool is_wesad(const std::filesystem::path& path);

/// WESAD (Schmidt et al. 2018) as published: S2/S2.pkl … S17/S17.pkl, of which the chest is read
/// (700 Hz): ecg (mV), eda (uS), emg (mV), resp (%), temp (degrees Celsius), acc_x, acc_y, acc_z
/// (g). The label is the condition, of each sample: baseline, stress, amusement and meditation; or,
/// where two classes are asked for, stress, and no_stress for baseline and amusement, as the
/// authors have it. Whatever else was recorded is unlabelled. A recording is a person. From `asked`
/// count path, channels, scale, classes, missing and max_gap_seconds. Throws DataError naming the
/// file, ConfigError for channels and targets that the set has not.
Signals read_wesad(const LongFormConfig& asked, const EmotionConfig& emotion,
                   const std::string& spool);

}  // namespace tacit
