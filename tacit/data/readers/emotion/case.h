// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>

#include "tacit/data/readers/emotion/emotion_config.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// Whether the path is a folder of CASE, or of the competition EPiC 2023, as read_case() reads it.
bool is_case(const std::filesystem::path& path);

/// CASE (Sharma et al. 2019), its interpolated part as published: physiological/sub_1.csv …
/// (daqtime in ms, 1000 Hz) beside annotations/sub_1.csv … (jstime in ms, 20 Hz), in the path, in
/// interpolated or in data/interpolated below it. Or one scenario of EPiC 2023, which is cut from
/// it, and where that has folds one of them: physiology/sub_1_vid_2.csv beside
/// annotations/sub_1_vid_2.csv, also below the path, as in train and test. Channels are the columns
/// of the first: ecg (mV), bvp, gsr, rsp, skt, emg_zygo, emg_coru, emg_trap. The label is the
/// person's own running annotation, 0.5 to 9.5: arousal or valence. It holds until the next one,
/// 100 ms at most, so it changes within a recording. A recording is a person's video,
/// "sub_1/vid_2", in EPiC with the folder in front; what CASE recorded between videos (video 10 to
/// 12) is unlabelled. From `asked` count path, channels, scale, classes, missing and
/// max_gap_seconds. Throws DataError naming file and row, ConfigError for channels and targets that
/// the set has not, and where folds of EPiC, which share recordings, would be read together.
Signals read_case(const LongFormConfig& asked, const EmotionConfig& emotion,
                  const std::string& spool);

}  // namespace tacit
