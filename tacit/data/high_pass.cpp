// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/high_pass.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/data/map_channels.h"

namespace tacit {
namespace {

std::vector<FilterSection> sections_of(const HighPassConfig& config, double rate_hz) {
  if (config.hz <= 0) return {};
  return butterworth(FilterKind::high_pass, config.order, config.hz, rate_hz);
}

/// In place; all values are finite.
void filter_stretch(const HighPassConfig& config, const std::vector<FilterSection>& sections,
                    std::vector<double>& values) {
  if (config.phase == FilterPhase::zero) return filter_both_ways(sections, values);
  RunningFilter filter(sections);
  filter.settle(values.front());
  for (double& value : values) value = filter.next(value);
}

/// In place; what is not finite parts stretches.
void filter_channel(const HighPassConfig& config, const std::vector<FilterSection>& sections,
                    std::vector<float>& samples) {
  const auto finite = [](float sample) { return std::isfinite(sample); };
  auto begin = samples.begin();
  while (begin != samples.end()) {
    const auto end = std::find_if_not(begin, samples.end(), finite);
    std::vector<double> stretch(begin, end);
    if (!stretch.empty()) filter_stretch(config, sections, stretch);
    std::transform(stretch.begin(), stretch.end(), begin,
                   [](double value) { return static_cast<float>(value); });
    begin = std::find_if(end, samples.end(), finite);
    std::fill(end, begin, std::numeric_limits<float>::quiet_NaN());
  }
}

}  // namespace

HighPassFilter::HighPassFilter(const HighPassConfig& config, double rate_hz)
    : filter_(sections_of(config, rate_hz)) {}

float HighPassFilter::next(float sample) {
  if (!std::isfinite(sample)) {
    started_ = false;
    return std::numeric_limits<float>::quiet_NaN();
  }
  if (!started_) filter_.settle(static_cast<double>(sample));
  started_ = true;
  return static_cast<float>(filter_.next(static_cast<double>(sample)));
}

Signals high_pass(Signals signals, const HighPassConfig& config, const std::string& spool_folder) {
  if (config.hz <= 0) return signals;
  const auto filter = [&](const Recording& recording, int64_t, std::vector<float>& samples) {
    require<ConfigError>(2 * config.hz < recording.rate_hz,
                         "high-pass: recording \"{}\" has {} samples a second, which is not more "
                         "than twice the {} Hz of the filter; set its hz lower",
                         recording.name, recording.rate_hz, config.hz);
    filter_channel(config, sections_of(config, recording.rate_hz), samples);
  };
  signals = map_channels(std::move(signals), spool_folder, filter);
  signals.notes.push_back(text("high-passed {} recordings at {} Hz (order {}, {} phase)",
                               signals.recordings.size(), config.hz, config.order,
                               enum_name(config.phase)));
  return signals;
}

}  // namespace tacit
