// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/data/windows.h"

namespace tacit {

/// What a data set holds, for `tacit data info`.
struct DataOverview {
  struct Class {
    std::string name;  ///< "(unlabelled)" for windows without a label, "(a number)" for one
    int64_t windows = 0;
    int64_t people = 0;  ///< with at least one such window
  };
  struct Channel {
    std::string name;
    double mean = 0, deviation = 0, lowest = 0, highest = 0;  ///< over all samples
  };

  int64_t recordings = 0;  ///< by name
  int64_t stretches = 0;   ///< without a gap
  int64_t people = 0;      ///< 0 when the data names none
  double hours = 0;
  double rate_hz = 0;
  int64_t window_length = 0, windows = 0;
  std::vector<Class> classes;
  std::vector<Channel> channels;
  std::vector<std::string> notes;

  /// Lines of text for people.
  std::string print() const;
};

/// Reads all samples once, chunk by chunk.
DataOverview overview(const SignalWindows& data);

}  // namespace tacit
