// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/heart_overview.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

#include "tacit/dsp/heart_beats.h"

namespace tacit {
namespace {

constexpr double kLowestRate = 50;  // of find_beats

std::vector<float> samples_of(const Recording& recording, int64_t channel) {
  const Tensor own = recording.samples.select(0, channel).contiguous();
  return {own.const_data_ptr<float>(), own.const_data_ptr<float>() + own.numel()};
}

HeartOverview::Channel look_at(const Signals& signals, int64_t channel,
                               const QualityConfig& quality, double seconds) {
  HeartOverview::Channel found{.name = signals.channels[static_cast<size_t>(channel)]};
  std::vector<double> rates;
  for (const Recording& recording : signals.recordings) {
    const std::vector<float> samples = samples_of(recording, channel);
    const std::span<const float> all(samples);
    const auto stretch = static_cast<size_t>(std::ceil(quality.seconds * recording.rate_hz));
    for (size_t begin = 0; begin < all.size(); begin += stretch)
      found.quality.add(fault_of(all.subspan(begin, std::min(stretch, all.size() - begin)),
                                 recording.rate_hz, quality));
    const auto first = static_cast<size_t>(seconds * recording.rate_hz);
    const HeartCheck heart =
        check_heart(all.subspan(0, std::min(first, all.size())), recording.rate_hz);
    ++found.looked_at;
    if (!heart.warning.empty()) {
      if (found.warning.empty()) found.warning = text("{}: {}", recording.name, heart.warning);
      continue;
    }
    rates.push_back(heart.beats_a_minute);
    if (!heart.upright) ++found.inverted;
  }
  found.hearts = static_cast<int64_t>(rates.size());
  if (rates.empty()) return found;
  std::sort(rates.begin(), rates.end());
  found.beats_a_minute = rates[rates.size() / 2];
  found.slowest = rates.front();
  found.fastest = rates.back();
  return found;
}

}  // namespace

HeartOverview heart_overview(const Signals& signals, QualityConfig quality, double seconds) {
  HeartOverview out;
  quality.enabled = true;
  for (const Recording& recording : signals.recordings)
    if (recording.rate_hz < kLowestRate) return out;
  for (int64_t channel = 0; channel < static_cast<int64_t>(signals.channels.size()); ++channel)
    out.channels.push_back(look_at(signals, channel, quality, seconds));
  return out;
}

std::string HeartOverview::print() const {
  std::ostringstream out;
  out << std::fixed << std::setprecision(0);
  for (const Channel& channel : channels) {
    out << channel.name << ": a heart beats in " << channel.hearts << " of " << channel.looked_at
        << " recordings";
    if (channel.hearts > 0)
      out << ", " << channel.beats_a_minute << " a minute (" << channel.slowest << " to "
          << channel.fastest << ")";
    if (channel.inverted > 0) out << ", upside down in " << channel.inverted;
    out << "; by data.quality " << channel.quality.print() << "\n";
    if (!channel.warning.empty()) out << "  " << channel.warning << "\n";
  }
  return out.str();
}

}  // namespace tacit
