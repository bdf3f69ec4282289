// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/videos.h"

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr double kWholeWithin = 0.01;

void require_video(const Video& video, const std::vector<std::string>& classes) {
  require<ShapeError>(video.frames != nullptr, "video \"{}\" has no frames", video.name);
  const auto length = static_cast<size_t>(video.frames->sizes().at(0));
  const auto fits = [&](size_t size, bool may_be_empty) {
    return size == length || (may_be_empty && size == 0);
  };
  require<ShapeError>(fits(video.seconds.size(), false) && fits(video.numbers.size(), true) &&
                          fits(video.labels.size(), true) && fits(video.segments.size(), true),
                      "video \"{}\": times, labels or segments are not one for each of {} frames",
                      video.name, length);
  require<ShapeError>(std::ranges::adjacent_find(
                          video.seconds, [](double one, double next) { return !(next > one); }) ==
                          video.seconds.end(),
                      "video \"{}\": its times do not rise", video.name);
  const auto count = static_cast<int64_t>(classes.size());
  require<ShapeError>(
      std::ranges::all_of(video.labels,
                          [&](int64_t label) { return label >= -1 && label < count; }),
      "video \"{}\": a label is none of the {} classes", video.name, count);
}

}  // namespace

double frame_rate_of(std::span<const double> seconds) {
  if (seconds.size() < 2) return 0;
  std::vector<double> steps;
  for (size_t i = 1; i < seconds.size(); ++i) steps.push_back(seconds[i] - seconds[i - 1]);
  std::vector<double> sorted = steps;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  double sum = 0, count = 0;
  for (const double step : steps)
    if (step >= 0.5 * *middle && step <= 1.5 * *middle) sum += step, ++count;
  const double rate = count / sum, whole = std::round(rate);
  return std::abs(rate - whole) <= kWholeWithin * whole ? whole : rate;
}

void require_videos(const Videos& videos) {
  require<DataError>(!videos.videos.empty(), "videos: there is none");
  const auto size_of = [](const Video& video) {
    return c10::IntArrayRef(video.frames->sizes()).slice(1);
  };
  const Video& first = videos.videos.front();
  for (const Video& video : videos.videos) {
    require_video(video, videos.classes);
    require<DataError>(size_of(video) == size_of(first),
                       "video \"{}\" has frames of {} but \"{}\" of {}; set data.videos.height and "
                       "data.videos.width to bring them to one size",
                       video.name, size_of(video), first.name, size_of(first));
  }
}

std::vector<Take> takes_of(const Video& video, double longest_pause_seconds) {
  std::vector<Take> takes;
  for (int64_t frame = 0; frame < video.length(); ++frame) {
    const auto at = static_cast<size_t>(frame);
    const bool is_new = frame == 0 ||
                        video.seconds[at] - video.seconds[at - 1] > longest_pause_seconds ||
                        (!video.segments.empty() && video.segments[at] != video.segments[at - 1]);
    if (is_new) takes.push_back({frame, frame});
    takes.back().end = frame + 1;
  }
  return takes;
}

}  // namespace tacit
