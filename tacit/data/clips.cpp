// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/clips.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>

namespace tacit {
namespace {

double common_rate(const Videos& videos) {
  const Video* first = nullptr;
  for (const Video& video : videos.videos) {
    if (video.length() < 2) continue;  // which has no rate
    if (first == nullptr) first = &video;
    require<DataError>(std::abs(video.rate_hz - first->rate_hz) <= 0.01 * first->rate_hz,
                       "clips: video \"{}\" has {} frames a second but \"{}\" has {}; set "
                       "data.videos.frame_rate to bring them to one rate",
                       first->name, first->rate_hz, video.name, video.rate_hz);
  }
  return first == nullptr ? videos.videos.front().rate_hz : first->rate_hz;
}

}  // namespace

Clips::Clips(Videos videos, const ClipConfig& config, Target target)
    : videos_(std::move(videos)),
      target_(target),
      stride_(config.stride),
      longest_pause_seconds_(config.longest_pause_seconds),
      which_(config.label) {
  require_videos(videos_);
  require<ConfigError>(config.frames >= 1 && config.stride >= 1 && config.step >= 1,
                       "data.clips: frames, stride and step are {}, {} and {}; none may be below 1",
                       config.frames, config.stride, config.step);
  require<ConfigError>(which_ != ClipLabel::mean || target == Target::number,
                       "data.clips.label = \"mean\" is for numbers; of classes take \"last\" or "
                       "\"middle\"");
  const std::vector<int64_t>& first = videos_.videos.front().frames->sizes();
  const bool is_grey = first[1] == 1;
  spec_ = {.modality = Modality::video,
           .shape = {first[1], config.frames, first[2], first[3]},
           .rate_hz = common_rate(videos_) / static_cast<double>(stride_),
           .channels = is_grey ? std::vector<std::string>{"grey"}
                               : std::vector<std::string>{"red", "green", "blue"}};
  int64_t number = 0, longest = 0;
  for (size_t i = 0; i < videos_.videos.size(); ++i)
    for (const Take& take : takes_of(videos_.videos[i], longest_pause_seconds_)) {
      for (int64_t begin = take.begin; begin + span() <= take.end; begin += config.step)
        clips_.push_back({static_cast<int64_t>(i), begin, number});
      ++number;
      longest = std::max(longest, take.end - take.begin);
    }
  require<DataError>(!clips_.empty(),
                     "no clip of {} frames, {} of the video, fits: the longest take without a "
                     "pause is {} frames; shorten data.clips.frames or data.clips.stride",
                     config.frames, span(), longest);
}

const std::vector<std::string>& Clips::classes() const {
  static const std::vector<std::string> none;
  return target_ == Target::category ? videos_.classes : none;
}

const Video& Clips::video(int64_t row) const {
  return videos_.videos[static_cast<size_t>(clips_.at(static_cast<size_t>(row)).video)];
}

int64_t Clips::label(int64_t row) const {
  const std::vector<int64_t>& labels = video(row).labels;
  if (target_ != Target::category || labels.empty()) return -1;
  const int64_t begin = clips_[static_cast<size_t>(row)].begin;
  return labels[static_cast<size_t>(begin + labelled_frame() * stride_)];
}

float Clips::number(int64_t row) const {
  const std::vector<float>& numbers = video(row).numbers;
  if (target_ != Target::number || numbers.empty()) return Examples::number(row);
  const int64_t begin = clips_[static_cast<size_t>(row)].begin, frames = spec_.shape[1];
  const auto of_frame = [&](int64_t frame) {
    return numbers[static_cast<size_t>(begin + frame * stride_)];
  };
  if (which_ != ClipLabel::mean) return of_frame(labelled_frame());
  double sum = 0;  // NaN where a frame has none
  for (int64_t frame = 0; frame < frames; ++frame) sum += of_frame(frame);
  return static_cast<float>(sum / static_cast<double>(frames));
}

Origin Clips::origin(int64_t row) const {
  const Video& from = video(row);
  const Clip& clip = clips_[static_cast<size_t>(row)];
  return {.subject = from.subject,
          .recording = from.name,
          .piece = clip.take,
          .begin = clip.begin,
          .end = clip.begin + span()};
}

Batch Clips::read(std::span<const int64_t> rows) const {
  Batch batch = read_packed(rows);
  batch.x = unpack(batch.x);
  return batch;
}

Batch Clips::read_packed(std::span<const int64_t> rows) const {
  const auto count = static_cast<int64_t>(rows.size());
  const int64_t channels = spec_.shape[0], frames = spec_.shape[1];
  const int64_t pixels = spec_.shape[2] * spec_.shape[3];
  Batch batch{.x = at::empty({count, channels, frames, spec_.shape[2], spec_.shape[3]}, at::kByte),
              .y = {},
              .row = at::empty({count}, at::kLong)};
  uint8_t* out = batch.x.mutable_data_ptr<uint8_t>();
  std::vector<int64_t> places(static_cast<size_t>(frames));
  int64_t* number = batch.row.mutable_data_ptr<int64_t>();
  for (const int64_t row : rows) {
    require<ShapeError>(row >= 0 && row < size(), "clips: row {} is asked for, but rows are 0 … {}",
                        row, size() - 1);
    for (int64_t t = 0; t < frames; ++t)
      places[static_cast<size_t>(t)] = clips_[static_cast<size_t>(row)].begin + t * stride_;
    video(row).frames->read(places, [&](size_t t, const uint8_t* planes) {
      for (int64_t channel = 0; channel < channels; ++channel, planes += pixels)
        std::copy_n(planes, pixels, out + (channel * frames + static_cast<int64_t>(t)) * pixels);
    });
    out += channels * frames * pixels;
    *number++ = row;
  }
  batch.y = labels_of(*this, rows);
  return batch;
}

}  // namespace tacit
