// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/person_scale.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/map_channels.h"

namespace tacit {
namespace {

/// How many of n samples are taken away at each side: 2.5 %.
int64_t trimmed(int64_t count) { return count / 40; }

/// Float rounding of a constant must not pass for variation.
ChannelScale checked(double mean, double deviation) {
  const bool varies = std::isfinite(deviation) && deviation > 1e-7 * std::abs(mean);
  return {.mean = mean, .deviation = varies ? deviation : 1};
}

double mean_of(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample);
  return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
}

double deviation_of(std::span<const float> samples) {
  const double mean = mean_of(samples);
  double squares = 0;
  for (const float sample : samples) {
    const double from_mean = static_cast<double>(sample) - mean;
    squares += from_mean * from_mean;
  }
  return std::sqrt(squares / static_cast<double>(samples.size()));
}

/// Whether the data names the person, and the name of the person or else of the recording.
using Person = std::pair<bool, std::string>;

Person person_of(const Recording& recording) {
  const bool named = !recording.subject.empty();
  return {named, named ? recording.subject : recording.name};
}

/// One for each channel.
std::vector<ChannelScale> scales_of(const std::vector<const Recording*>& recordings) {
  std::vector<ChannelScale> scales;
  for (int64_t channel = 0; channel < recordings.front()->samples.size(0); ++channel) {
    std::vector<float> samples;
    int64_t length = 0;
    for (const Recording* recording : recordings) length += recording->length();
    samples.reserve(static_cast<size_t>(length));
    for (const Recording* recording : recordings) {
      const std::vector<float> more = channel_of(*recording, channel);
      samples.insert(samples.end(), more.begin(), more.end());
    }
    scales.push_back(trimmed_scale(std::move(samples)));
  }
  return scales;
}

}  // namespace

ChannelScale trimmed_scale(std::vector<float> samples) {
  std::erase_if(samples, [](float sample) { return !std::isfinite(sample); });
  if (samples.empty()) return {};
  const double mean = mean_of(samples);
  const auto count = static_cast<int64_t>(samples.size());
  const auto first = samples.begin() + trimmed(count), last = samples.end() - trimmed(count);
  std::nth_element(samples.begin(), first, samples.end());
  if (last != samples.end()) std::nth_element(first, last, samples.end());
  return checked(mean, deviation_of({first, last}));
}

Signals scale_people(Signals signals, const std::string& spool_folder) {
  std::map<Person, std::vector<const Recording*>> people;
  for (const Recording& recording : signals.recordings)
    people[person_of(recording)].push_back(&recording);
  std::map<Person, std::vector<ChannelScale>> scales;
  for (const auto& [person, recordings] : people) scales[person] = scales_of(recordings);
  const auto scale = [&](const Recording& recording, int64_t channel, std::vector<float>& samples) {
    const ChannelScale& by = scales.at(person_of(recording))[static_cast<size_t>(channel)];
    for (float& sample : samples) sample = by.apply(sample);
  };
  const size_t count = people.size();
  people.clear();  // they point into the signals
  signals = map_channels(std::move(signals), spool_folder, scale);
  signals.notes.push_back(text("scaled {} recordings of {} people, each person on its own",
                               signals.recordings.size(), count));
  return signals;
}

void RunningScale::Sums::add(const Sums& other, double share) {
  count += share * other.count;
  sum += share * other.sum;
  squares += share * other.squares;
}

void RunningScale::widen(bool downwards) {
  std::vector<Sums> wider(kBins);
  const size_t offset = downwards ? kBins / 2 : 0;
  for (size_t i = 0; i < kBins; ++i) wider[offset + i / 2].add(bins_[i]);
  if (downwards) lowest_ -= static_cast<double>(kBins) * width_;
  width_ *= 2;
  bins_ = std::move(wider);
}

RunningScale::Sums& RunningScale::bin_of(double sample) {
  constexpr auto all = static_cast<double>(kBins);
  if (bins_.empty()) {
    const double span = std::abs(sample - origin_);
    width_ = 2 * span / all;
    lowest_ = std::min(sample, origin_) - span / 2;
    bins_.resize(kBins);
    bin_of(origin_).count = static_cast<double>(count_);
  }
  while (sample < lowest_ || sample >= lowest_ + all * width_) widen(sample < lowest_);
  const auto index = static_cast<size_t>((sample - lowest_) / width_);
  return bins_[std::min(index, kBins - 1)];
}

void RunningScale::add(float sample) {
  if (!std::isfinite(sample)) return;
  const auto value = static_cast<double>(sample);
  if (count_ == 0) origin_ = value;
  if (!bins_.empty() || value != origin_) {
    const double from_origin = value - origin_;
    bin_of(value).add({1, from_origin, from_origin * from_origin});
  }
  mean_ += (value - mean_) / static_cast<double>(++count_);
}

ChannelScale RunningScale::scale() const {
  if (bins_.empty()) return {.mean = mean_, .deviation = 1};
  const auto begin = static_cast<double>(trimmed(count_));
  const double end = static_cast<double>(count_) - begin;
  Sums kept;
  double passed = 0;
  for (const Sums& bin : bins_) {
    const double taken = std::min(end, passed + bin.count) - std::max(begin, passed);
    if (taken > 0) kept.add(bin, taken / bin.count);
    passed += bin.count;
  }
  const double mean = kept.sum / kept.count;
  return checked(mean_, std::sqrt(std::max(0.0, kept.squares / kept.count - mean * mean)));
}

}  // namespace tacit
