// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/data/readers/sample_stream.h"

/// Any bytes as a stream of two channels, in the format that the first byte chooses and cut where
/// the second says: samples come out, or it is refused with a ConfigError or DataError.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const size_t cut = std::min<size_t>(data[1], bytes.size());
  tacit::LongFormConfig config;
  config.channels = {"a", "b"};
  try {
    const auto stream = tacit::sample_stream(static_cast<tacit::SampleFormat>(data[0] % 5), config,
                                             50, [](const std::string&) {});
    const auto take = [](std::span<const float> sample, int64_t missing_before) {
      if (sample.size() != 2 || missing_before < 0) __builtin_trap();
    };
    stream->read(bytes.substr(0, cut), take);
    stream->read(bytes.substr(cut), take);
    stream->finish(take);
  } catch (const tacit::ConfigError&) {
    return 0;
  } catch (const tacit::DataError&) {
    return 0;
  }
  return 0;
}
