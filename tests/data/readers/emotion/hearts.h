// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "tacit/data/simulate_hearts.h"

namespace tacit {

/// A simulated electrocardiogram in mV, as layouts of published sets are filled with.
inline std::vector<float> heart(int64_t recording, double rate_hz, double seconds) {
  const Signals signals = simulate_hearts(
      {.people = 1, .recordings = recording + 1, .seconds = seconds, .rate_hz = rate_hz});
  const Tensor samples = signals.recordings.back().samples[0].contiguous();
  const float* const first = samples.const_data_ptr<float>();
  return {first, first + samples.numel()};
}

/// The samples of one channel.
inline std::vector<float> samples_of(const Recording& recording, int64_t channel = 0) {
  const Tensor samples = recording.samples[channel].contiguous();
  const float* const first = samples.const_data_ptr<float>();
  return {first, first + samples.numel()};
}

/// The names of labels span by span, "" for unlabelled.
inline std::vector<std::string> words_of(const Signals& signals, const Recording& recording) {
  std::vector<std::string> words;
  for (const LabelSpan& span : recording.labels)
    words.push_back(span.label < 0 ? "" : signals.classes[static_cast<size_t>(span.label)]);
  return words;
}

}  // namespace tacit
