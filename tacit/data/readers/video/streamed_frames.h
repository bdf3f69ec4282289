// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>
#include <memory>
#include <mutex>

#include "tacit/data/frames.h"
#include "tacit/data/readers/video/frame_stream.h"

namespace tacit {

/// What the first reading of a video found, for those who read it again.
struct KnownFrames {
  std::string name{};                    ///< of the video
  std::vector<int64_t> sizes{};          ///< [T, C, H, W]
  std::vector<int64_t> numbers{};        ///< of T frames, as the stream calls them; rising
  std::vector<std::string> checksums{};  ///< of T frames; see Frames::checksum_of()
  std::vector<FrameMark> marks{};        ///< where decoding can begin; rising
  std::function<std::unique_ptr<FrameStream>()> open{};  ///< the video anew
};

/// Decoders of videos that wait to go on from where they are; the latest few stay open.
class IdleStreams {
 public:
  /// The stream's place is the number of the frame that it is at, -1 before the first.
  struct Placed {
    std::unique_ptr<FrameStream> stream;
    int64_t place = -1;
  };

  /// One of the owner's: of those before `number` or at it the nearest, else any. Null if it has
  /// none.
  Placed take(const void* owner, int64_t number);
  void give(const void* owner, Placed stream);

 private:
  struct Owned {
    const void* owner;
    Placed stream;
  };

  std::mutex mutex_;
  std::deque<Owned> waiting_;  ///< the latest last
};

/// Frames that are decoded each time they are read, for videos that do not fit the disk decoded.
/// The same bits as at the first reading, which checksums make sure of: where a decoder that begins
/// at a mark gives others, it begins further before.
class StreamedFrames final : public Frames {
 public:
  StreamedFrames(KnownFrames known, std::shared_ptr<IdleStreams> idle);

  const std::vector<int64_t>& sizes() const override { return known_.sizes; }
  void read(std::span<const int64_t> frames, const Visit& visit) const override;
  std::string checksum_of(int64_t frame) const override {
    return known_.checksums.at(static_cast<size_t>(frame));
  }

 private:
  using Placed = IdleStreams::Placed;

  const std::vector<uint8_t>& go_to(Placed& at, size_t frame) const;
  const std::vector<uint8_t>* go_on_to(Placed& at, size_t frame) const;

  KnownFrames known_;
  std::shared_ptr<IdleStreams> idle_;
};

}  // namespace tacit
