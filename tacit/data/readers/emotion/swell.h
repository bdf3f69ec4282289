// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>

#include "tacit/data/readers/emotion/emotion_config.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// Whether the path is the folder of SWELL-KW, with "0 - Raw data" in it.
bool is_swell(const std::filesystem::path& path);

/// SWELL-KW (Koldijk et al. 2014) as published: recordings pp1_18-9-2012_c1.S00 … (Poly5, 2048 Hz)
/// in "0 - Raw data", a person's block each, and the tables that SwellLabels reads, all below the
/// path. Channel "ecg" is the eighth signal, which the authors' script takes for the heart, in mV
/// where the file says volts; others are called, and have units, as in the files. The label is the
/// condition of each minute: neutral, time_pressure, interruptions and relaxation; where two
/// classes are asked for, no_stress for the first and stress for the next two. Or how the person
/// rated the block, 1 to 9, but for the minutes of relaxation: arousal, valence or dominance.
/// Minutes are found by the clock: the table's times against the start that the recording says. A
/// recording is called as its file. From `asked` count path, channels, scale, classes, missing and
/// max_gap_seconds. Throws DataError naming the file, ConfigError for channels that a file has not.
Signals read_swell(const LongFormConfig& asked, const EmotionConfig& emotion,
                   const std::string& spool);

}  // namespace tacit
