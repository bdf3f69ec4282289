// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>

namespace tacit {

/// Times of frames, made to rise where those of a file do not.
class FrameClock {
 public:
  /// `rate_hz` > 0: frames a second, for frames without a time of their own.
  explicit FrameClock(double rate_hz) : period_(1 / rate_hz) {}

  /// Seconds of the next frame since the first, above those of the frame before. `stamp`: seconds
  /// by the file's clock, which may begin anywhere. A frame without one (or one that is not finite)
  /// or whose time would be 30 years away comes a period after the frame before; one whose stamp
  /// does not rise half a period after, so that the next stamps can be believed again; and where
  /// stamps fall back by more than a second, the file's clock began anew, and counts from a period
  /// after the frame before.
  double at(std::optional<double> stamp);

  int64_t repaired() const { return repaired_; }  ///< frames whose time was not the file's

 private:
  double period_;
  std::optional<double> zero_{};  ///< what the file's clock shows at 0
  double last_ = 0;
  bool has_begun_ = false;
  int64_t repaired_ = 0;
};

}  // namespace tacit
