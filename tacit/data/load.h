// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tacit/data/clips.h"
#include "tacit/data/column_encoders.h"
#include "tacit/data/high_pass.h"
#include "tacit/data/preprocessing.h"
#include "tacit/data/readers/audio.h"
#include "tacit/data/readers/biosignals.h"
#include "tacit/data/readers/emotion/emotion_config.h"
#include "tacit/data/readers/images/read_images.h"
#include "tacit/data/readers/long_form.h"
#include "tacit/data/readers/table.h"
#include "tacit/data/readers/video/read_videos.h"
#include "tacit/data/signal_quality.h"
#include "tacit/data/simulate_hearts.h"
#include "tacit/data/simulate_motion.h"
#include "tacit/data/split.h"
#include "tacit/data/windows.h"

namespace tacit {

enum class Source {
  csv,
  parquet,
  npy,
  motionsense,
  hapt,
  uci_har,
  wisdm,
  simulated_motion,
  table,
  wfdb,
  edf,
  mat,
  simulated_hearts,
  wesad,
  amigos,
  dreamer,
  swell,
  case_set,  ///< "case"
  images,
  audio,
  videos
};
inline std::vector<std::string> names(Source) {
  return {"csv",
          "parquet",
          "npy",
          "motionsense",
          "hapt",
          "uci_har",
          "wisdm",
          "simulated_motion",
          "table",
          "wfdb",
          "edf",
          "mat",
          "simulated_hearts",
          "wesad",
          "amigos",
          "dreamer",
          "swell",
          "case",
          "images",
          "audio",
          "videos"};
}

/// The table [data] of a recipe.
struct DataConfig {
  Source source = Source::simulated_motion;
  LongFormConfig file{};  ///< its fields stand in [data] itself
  Target target = Target::category;
  BiosignalConfig biosignal{};
  EmotionConfig emotion{};
  ImagesConfig images{};
  AudioConfig audio{};
  VideoConfig videos{};
  ClipConfig clips{};
  QualityConfig quality{};
  double rate_hz = 0;
  HighPassConfig high_pass{};
  bool scale_people = false;
  std::string spool{};
  WindowConfig window{};
  SplitConfig split{};
  Normalization normalize = Normalization::zscore;
  SimulateMotionConfig simulate{};
  SimulateHeartsConfig hearts{};
  TableConfig table{};  ///< where files are and what labels are is taken from above
  ColumnEncodersConfig encode{};
};
template <class Visitor>
void describe(Visitor& visit, DataConfig& config) {
  visit("source", config.source,
        "signals: a known set, a kind of file, or simulated; or a table; or images; or videos");
  describe(visit, config.file);
  visit("target", config.target,
        "what the label is: one of some classes, or a number, of which a window of signals has the "
        "mean over its time");
  visit("biosignal", config.biosignal, "for sources wfdb, edf and mat");
  visit("emotion", config.emotion, "for sources wesad, amigos, dreamer, swell and case");
  visit("images", config.images, "for source images: what pictures are brought to");
  visit("audio", config.audio, "for source audio: sound files, and what they are of");
  visit("videos", config.videos, "for source videos: what frames are brought to, and their labels");
  visit("clips", config.clips, "for source videos: how they are cut");
  visit("quality", config.quality,
        "of an electrocardiogram, judged before all that follows; what is faulty is left out");
  visit("rate_hz", config.rate_hz, "resample to this rate; 0 keeps the file's", at_least(0));
  visit("high_pass", config.high_pass, "takes slow wander out of recordings, after resampling");
  visit("scale_people", config.scale_people,
        "scale each channel of a person by mean and trimmed deviation of all of the person's "
        "recordings, of a recording where nobody is named");
  visit("spool", config.spool,
        "folder for samples while they are in use; \"\" is $TMPDIR or /var/tmp");
  visit("window", config.window, "how recordings are cut");
  visit("split", config.split, "what is held out");
  visit("normalize", config.normalize,
        "fitted on training windows; pictures and videos always go to -1 … 1");
  visit("simulate", config.simulate, "for source simulated_motion");
  visit("hearts", config.hearts, "for source simulated_hearts");
  visit("table", config.table, "for source table: its columns");
  visit("encode", config.encode, "for source table: how columns become numbers");
}

/// Reads, leaves out what is faulty, resamples, filters and scales. Throws DataError for what files
/// hold, ConfigError for what is asked.
Signals load_signals(const DataConfig& config);

/// The rows of a recipe of any kind: windows of signals, those of a table, pictures or clips.
/// `known`: columns of a model, for tables that are read to be seen by it. Throws like
/// load_signals, read_table, read_images and read_videos.
std::shared_ptr<const Examples> load_examples(const DataConfig& config,
                                              const std::vector<TableColumn>& known = {});

/// Fitted on these rows of what load_examples() gave. Throws like the fits of both kinds.
Preprocessing fit_preprocessing(const DataConfig& config, const Examples& data,
                                std::span<const int64_t> rows);

/// The source that reads what a folder (or file) holds as its authors publish it; nothing when it
/// is none of the known sets.
std::optional<Source> published_at(const std::filesystem::path& path);

/// 16 hex digits that change when a name, a label, a length or a value does. Read in chunks.
std::string fingerprint(const Signals& signals);
std::string fingerprint(const Table& table);
std::string fingerprint(const Images& images);
std::string fingerprint(const Videos& videos);
/// Of the windows' signals, the table, the pictures or the videos.
std::string fingerprint(const Examples& data);

}  // namespace tacit
