// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/map_channels.h"

#include "tacit/data/spool.h"

namespace tacit {

std::vector<float> channel_of(const Recording& recording, int64_t channel) {
  const Tensor& samples = recording.samples;
  const float* const data = samples.const_data_ptr<float>() + channel * samples.stride(0);
  std::vector<float> out(static_cast<size_t>(recording.length()));
  for (size_t step = 0; step < out.size(); ++step)
    out[step] = data[static_cast<int64_t>(step) * samples.stride(1)];
  return out;
}

Signals map_channels(
    Signals signals, const std::string& folder,
    const std::function<void(const Recording&, int64_t, std::vector<float>&)>& change) {
  Spool spool(folder, 1);  // whole channels one after the other
  for (const Recording& recording : signals.recordings)
    for (int64_t channel = 0; channel < recording.samples.size(0); ++channel) {
      std::vector<float> samples = channel_of(recording, channel);
      change(recording, channel, samples);
      spool.append(samples);
    }
  spool.finish();
  int64_t begin = 0;
  for (Recording& recording : signals.recordings) {
    const int64_t count = recording.samples.numel();
    recording.samples = spool.view(begin, count).view(recording.samples.sizes());
    begin += count;
  }
  return signals;
}

}  // namespace tacit
