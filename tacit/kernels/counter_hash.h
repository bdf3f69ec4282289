// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tacit::kernels {

/// Integer hash with good avalanche, of a number or of sixteen side by side. Random numbers from a
/// counter need no state, so they can be drawn again and in any order. Constants from C. Wellons'
/// "hash prospector" (lowbias32 family).
template <class Integer>
[[gnu::always_inline]] constexpr Integer counter_hash(Integer value) {
  value ^= value >> 16;
  value *= 0x21f0aaadU;
  value ^= value >> 15;
  value *= 0xd35a2d97U;
  return value ^ (value >> 15);
}

/// The key of a row of numbers: of a window in a layer, or of a stretch of a tensor.
constexpr uint32_t counter_key(uint64_t seed, uint32_t layer, uint32_t row) {
  return counter_hash(
      static_cast<uint32_t>(seed) ^
      counter_hash((static_cast<uint32_t>(seed >> 32) ^ (layer * 0x9e3779b9U)) + row));
}

}  // namespace tacit::kernels
