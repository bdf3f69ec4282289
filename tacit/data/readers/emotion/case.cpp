// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/case.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "tacit/core/error.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/emotion/asked_channels.h"
#include "tacit/data/readers/emotion/case_annotation.h"
#include "tacit/data/readers/labelled_builder.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr double kRateHz = 1000;  // so that a sample is a millisecond
constexpr RatingScale kScale{0.5, 9.5};

/// The folder that holds physiological and annotations.
std::optional<fs::path> find_interpolated(const fs::path& path) {
  for (const fs::path& folder : {path, path / "interpolated", path / "data" / "interpolated"})
    if (fs::is_directory(folder / "physiological") && fs::is_directory(folder / "annotations"))
      return folder;
  return std::nullopt;
}

bool is_signals_of_epic(const fs::path& file) {
  const std::string folder = file.parent_path().filename().string();
  return (folder == "physiology" || folder == "physiological") && file.extension() == ".csv" &&
         file.stem().string().find("_vid_") != std::string::npos;
}

/// A file of signals and the annotation of it.
struct Source {
  fs::path signals, annotation;
  std::string name, person;
};

/// What its columns are called; `video` is "" where a file is of one.
struct Layout {
  std::string time, annotated, video;
};

std::vector<Source> sources_of_case(const fs::path& folder) {
  std::vector<Source> sources;
  for (const DataFile& each : data_files(folder / "physiological", "sub_{}.csv"))
    sources.push_back({each.path, folder / "annotations" / each.path.filename(),
                       each.path.stem().string(), each.path.stem().string()});
  return sources;
}

std::vector<Source> sources_of_epic(const fs::path& path) {
  std::vector<Source> sources;
  std::set<std::string> seen;
  for (const DataFile& each : data_files(path, "", {".csv"})) {
    if (!is_signals_of_epic(each.path)) continue;
    const std::string stem = each.path.stem().string();
    const fs::path above = each.path.parent_path().parent_path();
    const std::string name = (above.filename() / stem).generic_string();
    require<ConfigError>(seen.insert(name).second,
                         "data.path: {} holds {} more than once, as scenarios and folds of EPiC "
                         "share recordings; name one scenario and one of its folds, such as "
                         "scenario_2/fold_0",
                         path.string(), name);
    sources.push_back({each.path, above / "annotations" / each.path.filename(), name,
                       stem.substr(0, stem.find("_vid_"))});
  }
  require<DataError>(!sources.empty(),
                     "{} holds neither physiological/sub_1.csv … beside annotations, as in CASE, "
                     "nor physiology/sub_1_vid_2.csv …, as in EPiC 2023",
                     path.string());
  return sources;
}

class Reader {
 public:
  Reader(const LongFormConfig& asked, const EmotionConfig& emotion, const std::string& spool)
      : channels_(asked_channels(
            asked, {"ecg", "bvp", "gsr", "rsp", "skt", "emg_zygo", "emg_coru", "emg_trap"})),
        names_(asked.channels),
        target_(enum_name(emotion.target)),
        ratings_(kScale, emotion),
        builder_(asked, spool) {}

  void read(const Source& source, const Layout& layout) {
    CaseAnnotation annotation(source.annotation, layout.annotated, target_, layout.video, ratings_);
    Columns columns{.numbers = names_, .texts = {}};
    columns.numbers.push_back(layout.time);
    if (!layout.video.empty()) columns.numbers.push_back(layout.video);
    const auto rows = open_csv(source.signals, columns);
    begun_ = false;
    while (const auto block = rows->next())
      for (size_t row = 0; row < block->numbers[0].size(); ++row)
        read_row(*block, row, source, annotation);
  }

  Signals finish(const fs::path& path) {
    Signals signals = builder_.finish(path.string());
    for (const std::string& note : ratings_.notes("annotations")) signals.notes.push_back(note);
    return signals;
  }

 private:
  void read_row(const RowBlock& block, size_t row, const Source& source,
                CaseAnnotation& annotation) {
    const double ms = block.numbers[names_.size()][row];
    require<DataError>(std::abs(ms) < 1e12, "{}: row {}: {} is no time in ms",  // nor NaN
                       source.signals.string(), block.number(row), ms);
    const bool has_video = block.numbers.size() > names_.size() + 1;
    const double video = has_video ? block.numbers[names_.size() + 1][row] : 1;
    const bool is_same = video == video_ || (std::isnan(video) && std::isnan(video_));
    if (!begun_ || !is_same)
      builder_.begin(
          has_video && !std::isnan(video) ? text("{}/vid_{}", source.name, video) : source.name,
          source.person, kRateHz);
    else
      skip_to(ms, block.number(row), source.signals);
    begun_ = true;
    video_ = video;
    last_ms_ = ms;
    std::vector<float> values(names_.size());
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = sample_of(block.numbers[i][row], channels_[i], source.signals.native());
    const std::string_view label = annotation.at(ms);
    builder_.row(values, is_rated_video(video) ? label : "", ms / 1000);
  }

  void skip_to(double ms, int64_t row, const fs::path& file) {
    const int64_t steps = std::llround(ms - last_ms_);
    require<DataError>(steps > 0, "{}: row {}: time {} ms follows {} ms; a sample a ms is wanted",
                       file.string(), row, ms, last_ms_);
    if (steps > 1) builder_.skip(steps - 1);
  }

  std::vector<AskedChannel> channels_;
  std::vector<std::string> names_;
  std::string target_;
  Ratings ratings_;
  LabelledBuilder builder_;
  bool begun_ = false;  ///< of this file
  double video_ = 0, last_ms_ = 0;
};

}  // namespace

bool is_case(const fs::path& path) {
  if (find_interpolated(path)) return true;
  for (const char* const part : {"", "train", "test"})
    for (const char* const signals : {"physiology", "physiological"})
      if (fs::is_directory(path / part / signals) && fs::is_directory(path / part / "annotations"))
        return true;
  return false;
}

Signals read_case(const LongFormConfig& asked, const EmotionConfig& emotion,
                  const std::string& spool) {
  require_target(emotion, "case", {EmotionTarget::arousal, EmotionTarget::valence});
  Reader reader(asked, emotion, spool);
  if (const auto folder = find_interpolated(asked.path)) {
    for (const Source& source : sources_of_case(*folder))
      reader.read(source, {.time = "daqtime", .annotated = "jstime", .video = "video"});
    return reader.finish(*folder);
  }
  for (const Source& source : sources_of_epic(asked.path))
    reader.read(source, {.time = "time", .annotated = "time", .video = ""});
  return reader.finish(asked.path);
}

}  // namespace tacit
