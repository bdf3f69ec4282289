// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/readers/dialect.h"
#include "tacit/data/readers/images/image_builder.h"
#include "tacit/data/signals.h"

namespace tacit {

/// What becomes of how loud a recording is.
enum class Loudness {
  none,  ///< it stays
  rms    ///< all channels are scaled so that the root of their mean square is 0.1
};
inline std::vector<std::string> names(Loudness) { return {"none", "rms"}; }

/// The table [data.audio] of a recipe: sound files, and where it stands what they are of.
struct AudioConfig {
  std::string path_pattern{};          ///< which files of the folder; see data_files()
  std::vector<std::string> classes{};  ///< labels that count, others are unlabelled; empty: all
  Dialect text{};                      ///< of an index that is a text file
  /// Column of an index, or word of path_pattern, that is the class; "" without labels. Without
  /// either, folders are classes.
  std::string label = "label";
  std::string subject{};  ///< column, or word, that names the person; "" where nobody is named
  // Those above stand in [data] itself, these in [data.audio].
  std::string index{};
  std::string file = "file";
  std::vector<std::string> recording{};
  std::string first_sample{}, sample_count{};
  double seconds = 0;
  bool mono = true;
  Loudness loudness = Loudness::none;
  Broken broken = Broken::refuse;
};
template <class Visitor>
void describe(Visitor& visit, AudioConfig& config) {
  visit("index", config.index,
        "a table with a row a recording, a file in the folder data.path unless it names another; "
        "\"\": each sound file is a recording, and its folder the label");
  visit("file", config.file,
        "of an index: column of the file, or a path with columns in braces: "
        "\"audio/fold{fold}/{name}.wav\"; both in the folder data.path");
  visit("recording", config.recording,
        "columns, or words, that together name a recording; empty: its file and place do");
  visit("first_sample", config.first_sample,
        "column of the sample with which a recording begins in its file, counted from 0; \"\": "
        "the first");
  visit("sample_count", config.sample_count,
        "column of how many samples a recording has; \"\": up to the end of its file");
  visit("seconds", config.seconds,
        "length that recordings are brought to: longer ones are cut, shorter ones followed by "
        "silence; 0 keeps lengths",
        between(0, 3600));
  visit("mono", config.mono, "mix all channels to one, their mean");
  visit("loudness", config.loudness,
        "rms: scale each recording to a root mean square of 0.1, silent ones left alone");
  visit("broken", config.broken,
        "what becomes of a recording that cannot be read: refuse, or skip and say so");
}

/// Recordings of sound: all files of a folder with sound_endings(), by name, or a single one; or
/// with an index the rows of that table, in order. Samples are those of AudioFile, as [1, T] of the
/// channel "sound" or, not mixed, [C, T] of "sound 1" … "sound C"; each recording has the rate of
/// its file and one label from its beginning to its end. A file's recording is called by its path
/// in the folder, and by "PATH:FIRST" where the index gives its first sample.
///
/// Without an index and path_pattern, the folder a file lies in is its label, and those that lie in
/// `path` itself have none. Loudness is measured before silence is added. How many recordings were
/// brought to `seconds`, left out or left silent is counted in Signals::notes. Samples go to a
/// Spool in the folder `spool`; one recording at a time is in memory.
///
/// Throws DataError, naming file and row, for what cannot be read (unless it is skipped), for
/// numbers of channels that differ and where nothing is left; ConfigError for columns, words and
/// classes that are not there.
Signals read_audio(const std::filesystem::path& path, const AudioConfig& config,
                   const std::string& spool = "");

}  // namespace tacit
