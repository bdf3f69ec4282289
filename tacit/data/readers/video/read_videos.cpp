// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/read_videos.h"

#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <set>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/data/byte_spool.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/images/image_folder.h"
#include "tacit/data/readers/video/frame_folder.h"
#include "tacit/data/readers/video/frame_picker.h"
#include "tacit/data/readers/video/streamed_frames.h"
#include "tacit/data/readers/video/video_file.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr std::array kTables{".csv", ".csv.gz", ".tsv", ".txt", ".jsonl", ".parquet"};
constexpr double kUsedOfDisk = 0.9;           // of what is free there
constexpr double kMoreFramesThanThere = 1.1;  // that may be asked for: rates of cameras vary

/// Where a video comes from.
struct Source {
  std::string name;
  fs::path path;  ///< the file, or the folder of pictures
  std::string subject{};
  std::vector<fs::path> pictures{};  ///< none of a file
};

/// A video without its pixels, which are in the spool, or else to be decoded again.
struct Gathered {
  Video video{};
  KnownFrames known{};
  std::vector<int64_t> numbers{};  ///< of frames, as tables have them
  int64_t begin = 0;               ///< in the spool
  bool is_kept = true;
};

void require_possible(const VideoConfig& config) {
  require<ConfigError>((config.height == 0) == (config.width == 0),
                       "data.videos: height is {} and width is {}; set both, or none",
                       config.height, config.width);
  const bool is_wanted = !config.label.empty() || !config.segment.empty();
  require<ConfigError>(!is_wanted || !config.time.empty() || !config.frame.empty(),
                       "data.videos: to find the frames of labels, set time or frame to the column "
                       "that tells them; or data.label = \"\" for videos without labels");
  require<ConfigError>(
      config.times == FrameTimes::file || (!config.time.empty() && !config.frame.empty()),
      "data.videos.times = \"labels\" needs the columns time and frame");
  require<ConfigError>(config.video.empty() || !config.labels.empty(),
                       "data.videos.video is a column of one table for all videos; set "
                       "data.videos.labels to that table");
}

bool wants_table(const VideoConfig& config) {
  return !config.label.empty() || !config.segment.empty() || config.times == FrameTimes::labels;
}

/// Pictures by their folders, each a video.
std::vector<Source> folders_of(const fs::path& path, const std::vector<DataFile>& files,
                               const std::string& subject) {
  std::vector<Source> folders;
  std::map<fs::path, size_t> place;
  for (const DataFile& file : files) {
    const fs::path folder = fs::is_directory(path) ? file.path.parent_path() : path;
    const auto [known, is_new] = place.emplace(folder, folders.size());
    if (is_new) {
      const fs::path below = folder.lexically_relative(path);
      const fs::path whole = fs::absolute(path / "").lexically_normal().parent_path();
      const bool is_path = below.empty() || below == ".";
      const auto word = file.words.find(subject);
      folders.push_back({.name = is_path ? whole.filename().string() : below.generic_string(),
                         .path = is_path ? whole : folder,
                         .subject = word == file.words.end() ? "" : word->second});
    }
    folders[known->second].pictures.push_back(file.path);
  }
  return folders;
}

std::vector<Source> sources_in(const fs::path& path, const VideoConfig& config) {
  require<DataError>(fs::exists(path), "data.path: there is no {}", path.string());
  const bool is_file = !fs::is_directory(path);
  if (!is_file && !holds_videos(path)) {
    const std::vector<std::string> pictures{".jpg", ".jpeg", ".png", ".webp",
                                            ".JPG", ".JPEG", ".PNG", ".WEBP"};
    return folders_of(path, data_files(path, config.path_pattern, pictures), config.subject);
  }
  std::vector<std::string> endings = video_endings();
  if (is_file) endings.push_back(path.extension().string());
  std::vector<Source> sources;
  for (const DataFile& file : data_files(path, config.path_pattern, endings)) {
    const auto word = file.words.find(config.subject);
    sources.push_back({.name = file.name,
                       .path = file.path,
                       .subject = word == file.words.end() ? "" : word->second});
  }
  return sources;
}

/// What tables say of videos.
class Labels {
 public:
  Labels(const VideoConfig& config, size_t videos) : config_(config) {
    if (!wants_table(config) || config.labels.empty()) return;
    require<ConfigError>(!config.video.empty() || videos == 1,
                         "data.videos.labels: {} is for {} videos; set data.videos.video to the "
                         "column that names them",
                         config.labels, videos);
    for_all_ = read(config.labels);
  }

  /// Nothing where there is no table, or none that tells of the video.
  std::optional<LabelRows> rows_of(const Source& source) {
    if (!wants_table(config_)) return std::nullopt;
    if (config_.labels.empty()) return beside(source);
    const fs::path ending = source.pictures.empty() ? source.path.extension() : fs::path();
    const std::string file = source.name + ending.string();
    for (const std::string& name : {source.name, file, fs::path(source.name).filename().string(),
                                    fs::path(file).filename().string(), std::string()})
      if (const auto found = for_all_.find(name); found != for_all_.end()) {
        table_ = config_.labels;
        return found->second;
      }
    return std::nullopt;
  }

  const fs::path& table() const { return table_; }  ///< that rows came from last

 private:
  std::map<std::string, LabelRows> read(const fs::path& file) const {
    return read_label_rows(file,
                           {.label = config_.label,
                            .time = config_.time,
                            .frame = config_.frame,
                            .segment = config_.segment,
                            .video = config_.video,
                            .unit = config_.time_unit,
                            .target = config_.target},
                           config_.text);
  }

  std::optional<LabelRows> beside(const Source& source) {
    fs::path stem = source.path;
    if (source.pictures.empty()) stem.replace_extension();
    for (const char* const ending : kTables) {
      const fs::path file = stem.string() + ending;
      if (!fs::is_regular_file(file)) continue;
      table_ = file;
      const auto rows = read(file);
      return rows.empty() ? LabelRows() : rows.begin()->second;
    }
    return std::nullopt;
  }

  const VideoConfig& config_;
  std::map<std::string, LabelRows> for_all_{};
  fs::path table_{};
};

std::unique_ptr<FrameStream> open_stream(const Source& source, const VideoConfig& config) {
  const FrameShape shape{.height = config.height, .width = config.width, .colour = config.colour};
  if (source.pictures.empty())
    return std::make_unique<VideoFile>(source.path, shape, config.broken);
  const bool has_times = config.times == FrameTimes::labels;
  require<ConfigError>(has_times || config.picture_rate > 0,
                       "{} holds pictures, which have no times; set data.videos.picture_rate to "
                       "their frames a second",
                       source.path.string());
  return std::make_unique<FrameFolder>(source.pictures, config.picture_rate, shape, config.broken);
}

/// Times of frames by a table: of its rows, by their numbers.
std::optional<double> time_in(const LabelRows& rows, int64_t number) {
  const auto found = std::ranges::lower_bound(rows.frames, number);
  if (found == rows.frames.end() || *found != number) return std::nullopt;
  return rows.seconds[static_cast<size_t>(found - rows.frames.begin())];
}

/// Reads all frames and keeps those that are asked for, their pixels as long as the spool holds no
/// more than `room` bytes. `rows`, if any, are where times come from.
Gathered gather(const Source& source, const VideoConfig& config, const LabelRows* rows,
                ByteSpool& spool, int64_t room, std::vector<std::string>& notes) {
  const std::unique_ptr<FrameStream> stream = open_stream(source, config);
  const int64_t offset = source.pictures.empty() ? config.first_frame : 0;
  Gathered out{.video = {.name = source.name, .subject = source.subject}, .begin = spool.size()};
  FramePicker picker(config.frame_rate);
  std::vector<double> all;  // times, also of frames that are not chosen
  std::vector<uint8_t> planes;
  int64_t number = 0, timeless = 0;
  double zero = 0;
  const auto keep = [&] {
    const auto bytes = std::as_bytes(std::span(planes));
    out.is_kept = out.is_kept && spool.size() + std::ssize(bytes) <= room;
    if (out.is_kept) spool.append(bytes);
    out.known.numbers.push_back(number - offset);
    out.known.checksums.push_back(
        checksum({{reinterpret_cast<const char*>(planes.data()), planes.size()}}));
    out.video.seconds.push_back(all.back());
    out.numbers.push_back(number);
  };
  while (stream->next()) {
    const int64_t now = stream->number() + offset;
    const auto seconds = rows == nullptr ? stream->seconds() : time_in(*rows, now);
    if (!seconds) {
      ++timeless;
      continue;
    }
    if (all.empty()) zero = *seconds;
    if (!all.empty() && picker.takes(all.back(), *seconds - zero)) keep();
    all.push_back(*seconds - zero);
    number = now, planes = stream->planes();
  }
  require<DataError>(!all.empty(), "{}: no frame has a time in the table of labels",
                     source.path.string());
  if (picker.takes_last(all.back())) keep();
  const double rate = frame_rate_of(all);
  require<ConfigError>(rate == 0 || config.frame_rate <= kMoreFramesThanThere * rate,
                       "data.videos.frame_rate = {}, but {} has {} frames a second; ask for no "
                       "more",
                       config.frame_rate, source.path.string(), rate);
  out.video.rate_hz = config.frame_rate > 0 ? config.frame_rate : rate;
  const FrameShape& shape = stream->shape();
  out.known.name = source.name;
  out.known.sizes = {std::ssize(out.numbers), channels_of(shape.colour), shape.height, shape.width};
  out.known.marks = stream->marks();
  VideoConfig again = config;
  again.height = shape.height, again.width = shape.width;
  out.known.open = [source, again] { return open_stream(source, again); };
  std::ranges::copy(stream->notes(), std::back_inserter(notes));
  if (timeless > 0)
    notes.push_back(text("{}: {} frames have no time in the table of labels and were left out",
                         source.path.string(), timeless));
  return out;
}

/// Gives frames their labels and segments; classes wait in `words`, a word a frame.
void label(Gathered& gathered, const LabelRows& rows, const VideoConfig& config,
           const fs::path& table, std::vector<std::string>& words,
           std::vector<std::string>& notes) {
  Video& video = gathered.video;
  const double within =
      video.rate_hz > 0 ? 0.5 / video.rate_hz : std::numeric_limits<double>::infinity();
  const RowsOfFrames found = config.frame.empty()
                                 ? rows_by_time(rows.seconds, video.seconds, within)
                                 : rows_by_number(rows.frames, gathered.numbers);
  const auto alone = std::ranges::count(found.row, -1);
  require<DataError>(alone < std::ssize(found.row),
                     "{}: none of its {} rows meets a frame of \"{}\", which is {} s long; are "
                     "data.videos.time_unit and data.videos.first_frame right?",
                     table.string(), rows.size(), video.name, video.seconds.back());
  if (found.outside > 0)
    notes.push_back(text("{}: {} of {} rows lie before or behind the frames of \"{}\"",
                         table.string(), found.outside, rows.size(), video.name));
  if (alone > 0)
    notes.push_back(text("{}: {} of {} frames of \"{}\" have no row", table.string(), alone,
                         found.row.size(), video.name));
  if (!rows.segments.empty()) video.segments = segments_of_frames(rows.segments, found.row);
  if (config.label.empty()) return;
  for (const int64_t row : found.row) {
    const auto at = static_cast<size_t>(row);
    if (config.target == Target::category)
      words.push_back(row < 0 ? "" : rows.words[at]);
    else
      video.numbers.push_back(row < 0 ? std::numeric_limits<float>::quiet_NaN() : rows.numbers[at]);
  }
}

/// Numbers the classes that `words` name, a list a video, a word a frame.
void number_classes(Videos& videos, const std::vector<std::vector<std::string>>& words) {
  std::set<std::string> seen;
  for (const std::vector<std::string>& of_video : words)
    seen.insert(of_video.begin(), of_video.end());
  seen.erase("");
  videos.classes.assign(seen.begin(), seen.end());
  for (size_t i = 0; i < words.size(); ++i)
    for (const std::string& word : words[i]) {
      const auto found = std::ranges::lower_bound(videos.classes, word);
      videos.videos[i].labels.push_back(word.empty() ? -1 : found - videos.classes.begin());
    }
}

/// Keeps the spool's map.
std::shared_ptr<const Frames> held_frames(const Gathered& gathered, const ByteSpool& spool) {
  // from_blob takes no pointer to const; nothing writes through it, and the pages are read-only.
  auto* const first = const_cast<std::byte*>(spool.map().get()) + gathered.begin;
  return std::make_shared<const HeldFrames>(at::from_blob(
      first, gathered.known.sizes, [map = spool.map()](void*) {}, at::kByte));
}

/// Bytes of pixels that the spool may hold.
int64_t room_in(const ByteSpool& spool, double most_gb) {
  constexpr double kGigabyte = 1e9;
  return static_cast<int64_t>(
      std::min(most_gb * kGigabyte, kUsedOfDisk * static_cast<double>(spool.free_bytes())));
}

/// Gives videos their frames.
void finish(std::vector<Gathered> gathered, ByteSpool& spool, Videos& out) {
  spool.finish();
  const auto idle = std::make_shared<IdleStreams>();
  std::vector<std::string> streamed;
  for (Gathered& one : gathered) {
    if (!one.is_kept) streamed.push_back(one.video.name);
    one.video.frames = one.is_kept
                           ? held_frames(one, spool)
                           : std::make_shared<const StreamedFrames>(std::move(one.known), idle);
    out.videos.push_back(std::move(one.video));
  }
  if (!streamed.empty())
    out.notes.push_back(
        text("{} of {} videos are decoded each time they are read, which takes "
             "longer, because the disk has no place for their frames: {}",
             streamed.size(), gathered.size(), join(streamed)));
}

}  // namespace

bool holds_videos(const fs::path& path) {
  if (!fs::is_directory(path)) return is_video_name(path.filename().string());
  std::error_code problem;
  for (fs::recursive_directory_iterator at(path, problem), end; !problem && at != end;
       at.increment(problem)) {
    const std::string name = at->path().filename().string();
    std::error_code unreadable;
    const bool is_folder = at->is_directory(unreadable);
    if (name.starts_with('.')) {
      if (is_folder) at.disable_recursion_pending();
    } else if (!is_folder && is_video_name(name)) {
      return true;
    }
  }
  return false;
}

Videos read_videos(const fs::path& path, const VideoConfig& config) {
  require_possible(config);
  const std::vector<Source> sources = sources_in(path, config);
  Labels labels(config, sources.size());
  ByteSpool spool(config.spool);
  const int64_t room = room_in(spool, config.disk_gb);
  Videos out;
  std::vector<Gathered> gathered;
  std::vector<std::vector<std::string>> words;
  std::vector<std::string> unlabelled;
  for (const Source& source : sources) {
    const std::optional<LabelRows> rows = labels.rows_of(source);
    const bool has_times = config.times == FrameTimes::labels;
    require<DataError>(rows || !has_times, "{}: no table of labels tells the times of its frames",
                       source.path.string());
    gathered.push_back(
        gather(source, config, has_times ? &*rows : nullptr, spool, room, out.notes));
    words.emplace_back();
    if (rows)
      label(gathered.back(), *rows, config, labels.table(), words.back(), out.notes);
    else if (wants_table(config))
      unlabelled.push_back(source.name);
  }
  require<DataError>(unlabelled.size() < sources.size() || !wants_table(config),
                     "{}: there is no table of labels for any of {} videos; put NAME.csv beside "
                     "NAME.mp4, set data.videos.labels, or data.label = \"\" to go without",
                     path.string(), sources.size());
  if (!unlabelled.empty())
    out.notes.push_back(text("{} of {} videos have no table of labels: {}", unlabelled.size(),
                             sources.size(), join(unlabelled)));
  finish(std::move(gathered), spool, out);
  if (!config.label.empty() && config.target == Target::category) number_classes(out, words);
  require_videos(out);
  return out;
}

}  // namespace tacit
