// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/frame_clock.h"

#include <cmath>

namespace tacit {
namespace {

constexpr double kNewClockSeconds = 1;  // stamps that fall back by more are another clock's
constexpr double kLongestSeconds = 1e9;

}  // namespace

double FrameClock::at(std::optional<double> stamp) {
  const double next = has_begun_ ? last_ + period_ : 0;
  has_begun_ = true;
  if (stamp && !zero_ && std::isfinite(*stamp)) {
    zero_ = *stamp - next;
    return last_ = next;
  }
  const double seconds = stamp ? *stamp - zero_.value_or(0) : kLongestSeconds;
  if (seconds > last_ && seconds < kLongestSeconds) return last_ = seconds;
  ++repaired_;
  if (!(seconds < kLongestSeconds)) return last_ = next;
  if (last_ - seconds <= kNewClockSeconds) return last_ += period_ / 2;
  zero_ = *stamp - next;
  return last_ = next;
}

}  // namespace tacit
