// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/data/clips.h"

namespace tacit {

/// What videos hold, for `tacit data info`.
struct ClipOverview {
  struct Camera {
    std::string name, subject;
    int64_t frames = 0, takes = 0, clips = 0;
    double seconds = 0;  ///< from the first frame to the last, pauses left out
  };
  struct Class {
    std::string name;  ///< "(unlabelled)" for clips without a label
    int64_t clips = 0;
  };
  std::vector<Camera> videos{};
  int64_t height = 0, width = 0, frames = 0;                ///< of a clip
  double rate_hz = 0;                                       ///< frames of a clip a second
  std::vector<Class> classes{};                             ///< none of numbers
  int64_t numbers = 0;                                      ///< clips that have one
  double mean = 0, deviation = 0, lowest = 0, highest = 0;  ///< of these
  std::vector<std::string> notes{};

  /// Lines of text for people.
  std::string print() const;
};

/// Looks at times and labels only.
ClipOverview overview(const Clips& data);

}  // namespace tacit
