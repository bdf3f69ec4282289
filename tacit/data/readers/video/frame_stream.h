// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tacit/data/readers/video/frame_scaler.h"

namespace tacit {

/// A frame that a decoder can begin at.
struct FrameMark {
  int64_t number;  ///< as FrameStream::number() has it
  int64_t stamp;   ///< by the file's own clock
};

/// Frames of a video, from the first to the last in the order in which they are shown. Members
/// throw DataError naming the file.
class FrameStream {
 public:
  virtual ~FrameStream() = default;

  /// Goes on to the next frame, first to the first; false when there is none.
  virtual bool next() = 0;
  /// Makes next() go to the frame of that number or to one before it, with the help of marks up to
  /// it that another stream of the same video had; without any, to the first. Times count from
  /// anywhere then, and notes say nothing.
  virtual void seek(int64_t number, std::span<const FrameMark> marks) = 0;

  // Of the frame that next() went to:
  virtual int64_t number() const = 0;  ///< as labels call it; rising
  virtual double seconds() const = 0;  ///< since the first; rising
  /// Upright, [C, H, W]; valid until the next call.
  virtual const std::vector<uint8_t>& planes() = 0;

  /// Settled after the first planes().
  virtual const FrameShape& shape() const = 0;
  /// Those among the frames gone to, until a seek(); none where any frame can be gone to.
  virtual const std::vector<FrameMark>& marks() const = 0;
  /// What a person should know once the frames are read.
  virtual std::vector<std::string> notes() const = 0;
};

}  // namespace tacit
