// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/data/signal_quality.h"
#include "tacit/data/signals.h"

namespace tacit {

/// A first look at recordings of electrocardiograms, for `tacit data info`: whether a heart beats
/// in each channel, how fast and which way up, and how much of it can be read.
struct HeartOverview {
  struct Channel {
    std::string name;
    int64_t looked_at = 0;      ///< recordings
    int64_t hearts = 0;         ///< of those, where a heart beats
    double beats_a_minute = 0;  ///< median over those, as the next two
    double slowest = 0, fastest = 0;
    int64_t inverted = 0;     ///< of `hearts`, whose R peaks point down
    std::string warning{};    ///< the first of a recording in which none beats
    QualityCounts quality{};  ///< of all stretches of QualityConfig::seconds
  };
  std::vector<Channel> channels;

  /// Lines of text for people.
  std::string print() const;
};

/// Judges every stretch as the quality gate would (also where it is not enabled) and looks for
/// beats in the first `seconds` of each recording. Signals should be as they were read. Empty below
/// 50 samples a second, where no beat is looked for.
HeartOverview heart_overview(const Signals& signals, QualityConfig quality, double seconds = 60);

}  // namespace tacit
