// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tacit/data/readers/images/image_builder.h"
#include "tacit/data/readers/video/frame_stream.h"

namespace tacit {

/// A file that would take more is refused.
struct VideoLimits {
  int64_t pixels = kMostPixels;       ///< of a frame
  int64_t frames = int64_t{1} << 24;  ///< of a file
};

/// Endings of files that videos lie in, in small and in capital letters: ".mp4", ".MP4", ….
const std::vector<std::string>& video_endings();
bool is_video_name(const std::string& name);

/// A file of video (MP4, QuickTime, Matroska, AVI and others that FFmpeg's libavformat reads), from
/// its first frame to its last in the order in which they are shown. Nothing else than the file is
/// opened, whatever it refers to, and one thread decodes.
///
/// Its members throw DataError: for a file that is empty,
/// no video, or of audio alone; one coded in a way that this FFmpeg does not decode (named); one
/// without a frame; one beyond the limits; and, if damage is to be refused, one with a frame that
/// is damaged.
class VideoFile final : public FrameStream {
 public:
  /// `broken`: what becomes of frames that are damaged, or lack those they build upon.
  VideoFile(std::filesystem::path file, const FrameShape& shape, Broken broken = Broken::refuse,
            const VideoLimits& limits = {});
  ~VideoFile() override;
  VideoFile(const VideoFile&) = delete;
  VideoFile& operator=(const VideoFile&) = delete;

  bool next() override;
  void seek(int64_t number, std::span<const FrameMark> marks) override;
  /// Counted from 0, those that were left out included.
  int64_t number() const override;
  /// By the file's clock; see FrameClock.
  double seconds() const override;
  const std::vector<uint8_t>& planes() override;
  const FrameShape& shape() const override;
  /// Key frames.
  const std::vector<FrameMark>& marks() const override;
  /// Frames left out, times made up, an end that comes too early.
  std::vector<std::string> notes() const override;

  double rate_hz() const;  ///< frames a second, as the file says

 private:
  class Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace tacit
