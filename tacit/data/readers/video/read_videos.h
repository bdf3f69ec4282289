// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "tacit/core/config.h"
#include "tacit/data/readers/dialect.h"
#include "tacit/data/readers/images/image_builder.h"
#include "tacit/data/readers/video/frame_labels.h"
#include "tacit/data/videos.h"

namespace tacit {

/// Where the times of frames come from.
enum class FrameTimes {
  file,   ///< the video's own clock, or the rate of numbered pictures
  labels  ///< the table of labels: its times, by the numbers of its frames
};
inline std::vector<std::string> names(FrameTimes) { return {"file", "labels"}; }

/// The table [data.videos] of a recipe.
struct VideoConfig {
  // These stand in [data] itself.
  std::string path_pattern{};  ///< which files, and what their paths say; see data_files()
  std::string subject{};       ///< a hole of the pattern
  Dialect text{};              ///< of tables of labels
  std::string label{};         ///< column of the class or number; "" without labels
  Target target = Target::category;
  std::string spool{};  ///< folder for pixels while they are in use; see ByteSpool
  // And these in [data.videos].
  int64_t height = 0, width = 0;
  double disk_gb = 1e6;
  Colour colour = Colour::rgb;
  double frame_rate = 0;
  double picture_rate = 0;
  Broken broken = Broken::refuse;
  FrameTimes times = FrameTimes::file;
  std::string labels{};
  std::string time{}, frame{}, segment{}, video{};
  FrameTimeUnit time_unit = FrameTimeUnit::s;
  int64_t first_frame = 0;
};
template <class Visitor>
void describe(Visitor& visit, VideoConfig& config) {
  visit("height", config.height, "that frames are brought to; 0: they keep their size",
        between(0, 4096));
  visit("width", config.width, "that frames are brought to; 0: they keep their size",
        between(0, 4096));
  visit("colour", config.colour, "rgb, or grey");
  visit("disk_gb", config.disk_gb,
        "of decoded frames that data.spool keeps, in GB, at most, and never the last tenth of its "
        "disk; videos beyond are decoded each time they are read",
        between(0, 1e6));
  visit("frame_rate", config.frame_rate,
        "frames a second: those nearest to equally spaced times; 0: every frame", between(0, 1000));
  visit("picture_rate", config.picture_rate,
        "frames a second of numbered pictures in a folder, which have no times of their own",
        between(0, 1000));
  visit("broken", config.broken,
        "what becomes of a frame that is damaged: refuse, or skip and say so");
  visit("times", config.times,
        "of frames: from the file, or from the columns time and frame of the labels");
  visit("labels", config.labels,
        "a table for all videos; \"\": one beside each, drive.csv beside drive.mp4");
  visit("time", config.time, "column of the time since the first frame");
  visit("frame", config.frame, "column of the number of the frame, which goes before the time");
  visit("segment", config.segment, "column that changes where another take begins");
  visit("video", config.video, "column that names the video, in a table for several");
  visit("time_unit", config.time_unit, "of the column of times");
  visit("first_frame", config.first_frame,
        "number of a video file's first frame; pictures are called as their names are");
}

/// Whether the path is of videos: a file that ends like one, or a folder that has one anywhere
/// below. (A folder of numbered pictures may as well be one of single pictures.)
bool holds_videos(const std::filesystem::path& path);

/// A file of video; a folder of them, anywhere below; or, where there is none, folders of numbered
/// pictures, each a video. In order of their names.
///
/// A frame has the label of the row of its number or, without a column of numbers, of the row
/// nearest in time, if no further than half a frame. Rows beyond the video and frames without a row
/// are counted in the notes; a table of which no row meets a frame is refused. Where times come
/// from the labels, frames without a row are left out.
///
/// Pixels wait in a ByteSpool, so they may exceed the memory; those of videos for which the disk
/// has no place are StreamedFrames. Throws DataError (what files hold, with file and, of tables,
/// row and column) and ConfigError (what was asked).
Videos read_videos(const std::filesystem::path& path, const VideoConfig& config);

}  // namespace tacit
