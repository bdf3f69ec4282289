// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "tacit/core/error.h"
#include "tacit/data/readers/audio_file.h"
#include "tests/fuzz/input_file.h"

namespace tacit {
namespace {

/// A stretch has the shape that is asked for and finite values, or is refused.
void read_stretch(AudioFile& file, int64_t first, int64_t count) {
  const Tensor rows = file.read(first, count).t();
  if (rows.size(0) != count || rows.size(1) != file.channels()) __builtin_trap();
  const float* const values = rows.const_data_ptr<float>();
  if (!std::all_of(values, values + rows.numel(), [](float value) { return std::isfinite(value); }))
    __builtin_trap();
}

}  // namespace
}  // namespace tacit

/// Any bytes as a file of sound: its end, its beginning and what follows are read, or refused with
/// a DataError.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr int64_t kLongest = 1 << 16;
  const tacit::InputFile input(data, size);
  try {
    tacit::AudioFile file(input.path());
    if (file.length() < 1 || file.channels() < 1 || file.rate_hz() < 1) __builtin_trap();
    const int64_t count = std::min(file.length(), kLongest);
    tacit::read_stretch(file, file.length() - 1, 1);
    tacit::read_stretch(file, 0, count);
    tacit::read_stretch(file, count, std::min(file.length() - count, kLongest));
  } catch (const tacit::DataError&) {
    return 0;
  }
  return 0;
}
