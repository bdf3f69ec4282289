// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/frame_folder.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/data/readers/images/decode.h"

namespace tacit {
namespace {

constexpr std::string_view kDigits = "0123456789";

int64_t number_of(const std::filesystem::path& file) {
  const std::string name = file.stem().string();
  const size_t last = name.find_last_of(kDigits);
  require<DataError>(last != std::string::npos,
                     "{}: frames of a video are numbered, but this name holds no number",
                     file.string());
  const size_t before = name.find_last_not_of(kDigits, last);
  const size_t first = before == std::string::npos ? 0 : before + 1;
  int64_t number = 0;
  const auto [rest, failed] = std::from_chars(name.data() + first, name.data() + last + 1, number);
  require<DataError>(failed == std::errc(), "{}: the number in its name is too large",
                     file.string());
  return number;
}

}  // namespace

FrameFolder::FrameFolder(std::vector<std::filesystem::path> files, double rate_hz,
                         const FrameShape& shape, Broken broken)
    : rate_hz_(rate_hz),
      has_size_(shape.height > 0 && shape.width > 0),
      broken_(broken),
      scaler_(shape) {
  for (std::filesystem::path& file : files) {
    const int64_t number = number_of(file);
    frames_.push_back({number, std::move(file)});
  }
  std::ranges::sort(frames_, {},
                    [](const Numbered& frame) { return std::pair(frame.number, frame.file); });
  std::vector<int64_t> steps;
  for (size_t i = 1; i < frames_.size(); ++i) {
    steps.push_back(frames_[i].number - frames_[i - 1].number);
    require<DataError>(steps.back() > 0, "{} and {} have the same number",
                       frames_[i - 1].file.string(), frames_[i].file.string());
  }
  if (steps.empty()) return;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::ranges::nth_element(steps, middle);
  step_ = static_cast<double>(*middle);
}

bool FrameFolder::decode(const std::filesystem::path& file) {
  const std::string bytes = read_file(file);
  try {
    picture_ = decode_image({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()},
                            scaler_.shape().colour);
    return true;
  } catch (const DataError& error) {
    require<DataError>(broken_ == Broken::skip,
                       "{}: {}; take it away, or set data.videos.broken = \"skip\"", file.string(),
                       error.what());
    if (lost_++ == 0) first_lost_ = text("{} ({})", file.string(), error.what());
    return false;
  }
}

bool FrameFolder::next() {
  while (next_ < frames_.size()) {
    if (!decode(frames_[next_++].file)) continue;
    if (!has_first_) first_ = next_ - 1;
    has_first_ = true;
    return true;
  }
  require<DataError>(has_first_, "no frame could be decoded{}",
                     lost_ > 0 ? ": " + first_lost_ : "");
  return false;
}

void FrameFolder::seek(int64_t number, std::span<const FrameMark> /*marks*/) {
  const auto found = std::ranges::lower_bound(frames_, number, {}, &Numbered::number);
  next_ = static_cast<size_t>(found - frames_.begin());
}

int64_t FrameFolder::number() const { return frames_[next_ - 1].number; }

double FrameFolder::seconds() const {
  if (rate_hz_ <= 0) return static_cast<double>(next_ - 1 - first_);
  return static_cast<double>(number() - frames_[first_].number) / step_ / rate_hz_;
}

const std::vector<uint8_t>& FrameFolder::planes() {
  const FrameShape& shape = scaler_.shape();
  const bool fits = has_size_ || shape.height == 0 ||
                    (picture_.height == shape.height && picture_.width == shape.width);
  require<DataError>(fits,
                     "{} has {} x {} pixels but those before it {} x {}; set data.videos.height "
                     "and data.videos.width to bring them to one size",
                     frames_[next_ - 1].file.string(), picture_.width, picture_.height, shape.width,
                     shape.height);
  return scaler_.planes(picture_);
}

std::vector<std::string> FrameFolder::notes() const {
  if (lost_ == 0) return {};
  return {text("{} frames could not be decoded and were left out: {}{}", lost_, first_lost_,
               lost_ > 1 ? " …" : "")};
}

}  // namespace tacit
