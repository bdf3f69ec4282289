// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tacit/data/frames.h"

namespace tacit {

/// Frames of one camera in the order in which they were taken, each with its time.
struct Video {
  std::string name{};     ///< as its folder calls it, without an ending
  std::string subject{};  ///< who is in it, or drove; "" where nobody is named
  double rate_hz = 0;     ///< frames a second where there is no pause; see frame_rate_of()
  std::shared_ptr<const Frames> frames{};  ///< T of them
  std::vector<double> seconds{};           ///< [T], rising: when each was taken, since the first
  std::vector<float> numbers{};     ///< [T], the label as a number, NaN without one; or empty
  std::vector<int64_t> labels{};    ///< [T], a place in Videos::classes, -1 without; or empty
  std::vector<int64_t> segments{};  ///< [T]: where it changes, another take begins; or empty

  int64_t length() const { return std::ssize(seconds); }
};

/// Everything that was read: videos of one size and colour.
struct Videos {
  std::vector<Video> videos{};
  std::vector<std::string> classes{};  ///< names of labels, sorted
  std::vector<std::string> notes{};    ///< what reading did that a person should know
};

/// Frames a second: the mean over all steps between 0.5 and 1.5 times the median one, whole where
/// it is within 1 % of a whole number, so that 29.97 counts as 30. 0 of fewer than two frames.
double frame_rate_of(std::span<const double> seconds);

/// Throws ShapeError naming the first video whose members differ from what is said above, DataError
/// where there is none, and for sizes or colours that differ between videos.
void require_videos(const Videos& videos);

/// Frames begin … end-1 of a video, taken in one go.
struct Take {
  int64_t begin, end;

  bool operator==(const Take&) const = default;
};

/// The whole video, cut where the segment changes and where a frame comes more than so many seconds
/// after the one before.
std::vector<Take> takes_of(const Video& video, double longest_pause_seconds);

}  // namespace tacit
