// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/spec.h"

namespace tacit {

/// Samples begin … end-1 that carry one label.
struct LabelSpan {
  int64_t begin, end;
  int64_t label;  ///< index into Signals::classes, or -1 for unlabelled
};

/// One stretch of equally spaced samples without a gap. Where a file has gaps, each side is a
/// recording of its own with the same name and subject.
struct Recording {
  std::string name;     ///< as the file calls it: unique but for the pieces between gaps
  std::string subject;  ///< empty when the data has no subjects
  double rate_hz = 0;
  double start_seconds = 0;       ///< time of the first sample, in the file's clock
  Tensor samples;                 ///< [C, T] float32, possibly a view of a memory-mapped file
  std::vector<LabelSpan> labels;  ///< in order, without overlap, covering 0 … T

  int64_t length() const { return samples.size(1); }
};

/// Everything that was read: recordings with the same channels, in file order.
struct Signals {
  std::vector<std::string> channels;
  std::vector<std::string> classes;  ///< names of labels, sorted
  std::vector<Recording> recordings{};
  std::vector<std::string>
      notes{};  ///< what reading did that a person should know: gaps, filled values …
};

}  // namespace tacit
