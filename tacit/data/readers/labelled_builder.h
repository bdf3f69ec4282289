// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tacit/data/readers/long_form.h"
#include "tacit/data/readers/pieces.h"
#include "tacit/data/spool.h"

namespace tacit {

/// Names of classes while rows come, numbered in the order seen.
class ClassNames {
 public:
  /// `kept`: the only ones that count; empty: all do.
  explicit ClassNames(std::vector<std::string> kept) : kept_(std::move(kept)) {}

  /// The number of a label, or -1 for an empty one and one that does not count.
  int64_t number(std::string_view word);
  /// The names sorted, and the labels of `recordings` renumbered alike. Throws ConfigError when one
  /// of those that count was never seen.
  std::vector<std::string> finish(std::vector<Recording>& recordings);

 private:
  std::vector<std::string> kept_, names_;
  std::string last_word_;
  int64_t last_number_ = -1;
};

/// Recordings in the making: samples go to a spool, labels are words.
class LabelledBuilder {
 public:
  /// From `asked`: channels, classes, missing and max_gap_seconds.
  LabelledBuilder(const LongFormConfig& asked, const std::string& spool);

  void begin(std::string name, std::string subject, double rate_hz);
  /// values: a sample of each channel; NaN where missing. label: "" for none.
  void row(std::span<const float> values, std::string_view label, double seconds);
  /// Samples that are not there.
  void skip(int64_t rows) { pieces_.skip(rows); }

  /// Throws DataError, naming `source`, when nothing is left.
  Signals finish(const std::string& source);

 private:
  LongFormConfig asked_;
  Spool spool_;
  PieceBuilder pieces_;
  ClassNames classes_;
};

/// What was filled or left out, in sentences.
std::vector<std::string> gap_notes(const GapCounts& counts, const LongFormConfig& config);

}  // namespace tacit
