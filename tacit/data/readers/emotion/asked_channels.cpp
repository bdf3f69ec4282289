// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/asked_channels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tacit/core/error.h"

namespace tacit {

std::vector<AskedChannel> asked_channels(const LongFormConfig& asked,
                                         const std::vector<std::string>& available) {
  require<ConfigError>(asked.scale.empty() || asked.scale.size() == asked.channels.size(),
                       "data.scale: {} factors for {} channels", asked.scale.size(),
                       asked.channels.size());
  std::vector<AskedChannel> channels;
  for (size_t i = 0; i < asked.channels.size(); ++i) {
    const auto found = std::ranges::find(available, asked.channels[i]);
    require<ConfigError>(found != available.end(), "data.channels: {}",
                         unknown_name("channel", asked.channels[i], available));
    channels.push_back({.place = static_cast<size_t>(found - available.begin()),
                        .scale = asked.scale.empty() ? 1 : asked.scale[i]});
  }
  return channels;
}

float sample_of(double value, const AskedChannel& channel, const std::string& file) {
  const double scaled = value * channel.scale;
  constexpr double kLargest = std::numeric_limits<float>::max();
  require<DataError>(std::isnan(scaled) || std::abs(scaled) <= kLargest,
                     "{}: a sample is infinite or beyond 3.4e38", file);
  return static_cast<float>(scaled);
}

}  // namespace tacit
