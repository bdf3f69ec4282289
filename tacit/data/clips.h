// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/examples.h"
#include "tacit/data/videos.h"

namespace tacit {

/// Which of its frames' labels a clip has.
enum class ClipLabel {
  last,
  middle,  ///< of frame T/2, counted from 0
  mean     ///< of numbers: over all frames
};
inline std::vector<std::string> names(ClipLabel) { return {"last", "middle", "mean"}; }

struct ClipConfig {
  int64_t frames = 16;
  int64_t stride = 1;  ///< from a frame of a clip to its next; 1: frames that follow each other
  int64_t step = 8;    ///< from the first frame of a clip to the first of the next clip
  double longest_pause_seconds = 1;
  ClipLabel label = ClipLabel::last;
};
template <class Visitor>
void describe(Visitor& visit, ClipConfig& config) {
  visit("frames", config.frames, "of a clip", between(1, 4096));
  visit("stride", config.stride, "take every n-th frame of the video; 1: all", between(1, 4096));
  visit("step", config.step, "frames of the video from the beginning of a clip to that of the next",
        at_least(1));
  visit("longest_pause_seconds", config.longest_pause_seconds,
        "between two frames of a video that a clip may hold both of", above(0));
  visit("label", config.label, "of which frame a clip has the label; mean: of all, where numbers");
}

/// Where a clip lies.
struct Clip {
  int64_t video;  ///< index into Videos::videos
  int64_t begin;  ///< first frame
  int64_t take;   ///< which of all takes of all videos
};

/// Clips cut from videos, read on demand. Within each take they start at its first frame; none
/// crosses the end of a video, a change of segment or a pause.
class Clips final : public Examples {
 public:
  /// Keeps the videos. Throws like require_videos(), and DataError where rates of videos differ by
  /// more than 1 %, or, naming the longest take, where no clip fits; ConfigError for label = mean
  /// of classes.
  Clips(Videos videos, const ClipConfig& config, Target target = Target::category);

  const Spec& spec() const override { return spec_; }  ///< [C, T, H, W]; frames of a clip a second
  int64_t size() const override { return static_cast<int64_t>(clips_.size()); }
  /// x: [N, C, T, H, W], 0 … 255.
  Batch read(std::span<const int64_t> rows) const override;
  Batch read_packed(std::span<const int64_t> rows) const override;  ///< x: uint8
  Tensor unpack(const Tensor& x) const override { return x.to(at::kFloat); }
  Target target() const override { return target_; }
  const std::vector<std::string>& classes() const override;
  int64_t label(int64_t row) const override;
  float number(int64_t row) const override;
  /// The video is the recording and a take a piece; begin and end are frames of the video, those
  /// between the frames of a clip included.
  Origin origin(int64_t row) const override;
  double origin_rate_hz() const override { return spec_.rate_hz * static_cast<double>(stride_); }
  const std::vector<std::string>& notes() const override { return videos_.notes; }

  const Videos& videos() const { return videos_; }
  /// The frame of a clip whose label it has, counted from 0; the middle one of a mean.
  int64_t labelled_frame() const {
    return which_ == ClipLabel::last ? spec_.shape[1] - 1 : spec_.shape[1] / 2;
  }
  const std::vector<Clip>& clips() const { return clips_; }
  double longest_pause_seconds() const { return longest_pause_seconds_; }
  const Video& video(int64_t row) const;

 private:
  int64_t span() const { return (spec_.shape[1] - 1) * stride_ + 1; }  ///< frames of the video

  Videos videos_;
  Target target_;
  int64_t stride_;
  double longest_pause_seconds_;
  ClipLabel which_;
  std::vector<Clip> clips_;
  Spec spec_;
};

}  // namespace tacit
