// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/streamed_frames.h"

#include <algorithm>

#include "tacit/core/error.h"
#include "tacit/core/files.h"

namespace tacit {
namespace {

constexpr size_t kIdleStreams = 16;

}  // namespace

IdleStreams::Placed IdleStreams::take(const void* owner, int64_t number) {
  const std::scoped_lock lock(mutex_);
  auto best = waiting_.end();
  const auto is_better = [&](const Owned& one) {
    if (best == waiting_.end()) return true;
    const int64_t place = one.stream.place, other = best->stream.place;
    return place <= number && (other > number || place > other);
  };
  for (auto one = waiting_.begin(); one != waiting_.end(); ++one)
    if (one->owner == owner && is_better(*one)) best = one;
  if (best == waiting_.end()) return {};
  Placed taken = std::move(best->stream);
  waiting_.erase(best);
  return taken;
}

void IdleStreams::give(const void* owner, Placed stream) {
  const std::scoped_lock lock(mutex_);
  waiting_.push_back({owner, std::move(stream)});
  if (waiting_.size() > kIdleStreams) waiting_.pop_front();
}

StreamedFrames::StreamedFrames(KnownFrames known, std::shared_ptr<IdleStreams> idle)
    : known_(std::move(known)), idle_(std::move(idle)) {
  const auto length = static_cast<size_t>(known_.sizes.at(0));
  require<ShapeError>(known_.numbers.size() == length && known_.checksums.size() == length,
                      "video \"{}\": numbers or checksums are not one for each of {} frames",
                      known_.name, length);
}

void StreamedFrames::read(std::span<const int64_t> frames, const Visit& visit) const {
  if (frames.empty()) return;
  Placed at = idle_->take(this, known_.numbers.at(static_cast<size_t>(frames.front())));
  if (!at.stream) at = {known_.open()};
  for (size_t i = 0; i < frames.size(); ++i)
    visit(i, go_to(at, static_cast<size_t>(frames[i])).data());
  idle_->give(this, std::move(at));
}

/// Null where the stream does not come to the frame, or not to what it was.
const std::vector<uint8_t>* StreamedFrames::go_on_to(Placed& at, size_t frame) const {
  const int64_t number = known_.numbers[frame];
  while (at.place < number) {
    if (!at.stream->next()) return nullptr;
    at.place = at.stream->number();
  }
  if (at.place != number) return nullptr;
  const std::vector<uint8_t>& planes = at.stream->planes();
  const bool is_known = checksum({{reinterpret_cast<const char*>(planes.data()), planes.size()}}) ==
                        known_.checksums[frame];
  return is_known ? &planes : nullptr;
}

const std::vector<uint8_t>& StreamedFrames::go_to(Placed& at, size_t frame) const {
  const int64_t number = known_.numbers.at(frame);
  const auto after = std::ranges::upper_bound(known_.marks, number, {}, &FrameMark::number);
  std::span marks(known_.marks.begin(), after);
  const bool is_near = marks.empty() || marks.back().number <= at.place + 1;
  if (at.place <= number && is_near)
    if (const auto* planes = go_on_to(at, frame)) return *planes;
  for (size_t back = 0;; back = 2 * back + 1) {
    marks = marks.first(marks.size() - std::min(back, marks.size()));
    at.stream->seek(number, marks);
    at.place = -1;
    if (const auto* planes = go_on_to(at, frame)) return *planes;
    require<DataError>(!marks.empty(),
                       "video \"{}\": frame {} is not what it was when the video was first read; "
                       "did the file change?",
                       known_.name, number);
  }
}

}  // namespace tacit
