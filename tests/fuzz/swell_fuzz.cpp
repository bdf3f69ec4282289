// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>

#include "tacit/data/readers/emotion/swell_labels.h"

/// Any bytes as the name of a recording, and as a moment: they are one, or none.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string words(reinterpret_cast<const char*>(data), size);
  const auto block = tacit::swell_block(words);
  if (block && (block->person < 0 || block->block < 0 || block->block > 9)) __builtin_trap();
  const auto moment = tacit::swell_moment(words);
  if (moment && !std::isfinite(*moment)) __builtin_trap();
  return 0;
}
