// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "tacit/data/readers/emotion/emotion_config.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// DREAMER.mat: the path itself, or in it.
std::optional<std::filesystem::path> find_dreamer(const std::filesystem::path& path);

/// DREAMER (Katsigiannis & Ramzan 2018) as published: one file DREAMER.mat with 23 people and 18
/// films each. Channels are ecg1 and ecg2, at the rate that the file says (256 Hz), in its unit.
/// The label is how the person rated the film, 1 to 5: arousal, valence or dominance. A recording
/// is a person's film, "1/1", and unlabelled the neutral one in front of it, "1/1/baseline". From
/// `asked` count path, channels, scale, classes, missing and max_gap_seconds. Throws DataError
/// naming the place in the file, ConfigError for channels and targets that the set has not.
Signals read_dreamer(const LongFormConfig& asked, const EmotionConfig& emotion,
                     const std::string& spool);

}  // namespace tacit
