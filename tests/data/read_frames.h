// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <numeric>
#include <vector>

#include "tacit/data/frames.h"

namespace tacit {

/// The bytes of those frames, in the order in which they are asked for.
inline std::vector<std::vector<uint8_t>> read_frames(const Frames& frames,
                                                     const std::vector<int64_t>& which) {
  const std::vector<int64_t>& sizes = frames.sizes();
  std::vector<std::vector<uint8_t>> out;
  frames.read(which, [&](size_t, const uint8_t* planes) {
    out.emplace_back(planes, planes + sizes[1] * sizes[2] * sizes[3]);
  });
  return out;
}

inline std::vector<std::vector<uint8_t>> read_frames(const Frames& frames) {
  std::vector<int64_t> all(static_cast<size_t>(frames.sizes()[0]));
  std::iota(all.begin(), all.end(), 0);
  return read_frames(frames, all);
}

}  // namespace tacit
