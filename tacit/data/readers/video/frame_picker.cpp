// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/frame_picker.h"

#include <cmath>

namespace tacit {
namespace {

constexpr double kSlack = 1e-6;  // of a step between moments: times are rounded

}  // namespace

bool FramePicker::reaches(double seconds) {
  if (rate_hz_ <= 0) return true;
  const auto now = static_cast<int64_t>(std::floor(seconds * rate_hz_ + kSlack)) + 1;
  const bool is_further = now > passed_;
  if (is_further) passed_ = now;
  return is_further;
}

}  // namespace tacit
