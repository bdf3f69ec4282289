// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/error.h"
#include "tacit/data/readers/video/video_file.h"
#include "tests/fuzz/input_file.h"

/// Any bytes as a video: frames have the size that was asked for and times that rise, and there is
/// one behind the middle one of its marks; or it is refused with a DataError.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const tacit::InputFile input(data, size);
  const tacit::FrameShape shape{.height = 5, .width = 7, .colour = tacit::Colour::rgb};
  const tacit::VideoLimits limits{.pixels = 1 << 18, .frames = 64};
  try {
    tacit::VideoFile file(input.path(), shape, tacit::Broken::skip, limits);
    double last = -1;
    while (file.next()) {
      if (!(file.seconds() > last) || file.planes().size() != 3 * 5 * 7) __builtin_trap();
      last = file.seconds();
    }
    file.notes();
    const std::vector<tacit::FrameMark> marks = file.marks();
    const std::span before(marks.begin(), marks.begin() + (std::ssize(marks) + 1) / 2);
    file.seek(before.empty() ? 0 : before.back().number, before);
    if (!file.next() || file.planes().size() != 3 * 5 * 7) __builtin_trap();
  } catch (const tacit::DataError&) {
    return 0;
  }
  return 0;
}
