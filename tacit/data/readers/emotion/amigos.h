// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>

#include "tacit/data/readers/emotion/emotion_config.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// Whether the path is a folder with files or folders Data_Preprocessed_P01 …, or one such file.
bool is_amigos(const std::filesystem::path& path);

/// AMIGOS (Miranda-Correa et al. 2018), its preprocessed part as published:
/// Data_Preprocessed_P01.mat … P40.mat, each in a folder of its own or all in one, with 20 videos a
/// person at 128 Hz. Channels are ecg_right, ecg_left, gsr and the 14 electrodes AF3, F7, … of the
/// electroencephalogram, in the files' units. The label is how the person rated the video, 1 to 9:
/// arousal, valence or dominance; the five seconds in front of a video are unlabelled. A recording
/// is a person's video, "P01/1". Videos that a person did not watch are left out and counted. From
/// `asked` count path, channels, scale, classes, missing and max_gap_seconds. Throws DataError
/// naming file and variable, ConfigError for channels and targets that the set has not.
Signals read_amigos(const LongFormConfig& asked, const EmotionConfig& emotion,
                    const std::string& spool);

}  // namespace tacit
