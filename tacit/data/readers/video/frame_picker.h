// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace tacit {

/// Chooses, of frames that come one after the other, those that are nearest to equally spaced
/// moments 0, 1/rate, 2/rate, … up to the last frame. Each is chosen at most once, so that a pause
/// stays one; of two that are as near, the earlier. The first frame is at 0 and is chosen.
class FramePicker {
 public:
  /// 0: all frames.
  explicit FramePicker(double rate_hz) : rate_hz_(rate_hz) {}

  /// Whether a frame is chosen, told by the time of the next. To be asked about all frames.
  bool takes(double seconds, double next_seconds) {
    return reaches(seconds + (next_seconds - seconds) / 2);
  }
  bool takes_last(double seconds) { return reaches(seconds); }

 private:
  /// Whether a moment lies up to `seconds` that did not lie up to where it was last asked for.
  bool reaches(double seconds);

  double rate_hz_;
  int64_t passed_ = 0;  ///< moments
};

}  // namespace tacit
