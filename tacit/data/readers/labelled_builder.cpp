// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/labelled_builder.h"

#include <algorithm>

namespace tacit {

int64_t ClassNames::number(std::string_view word) {
  if (word == last_word_) return last_number_;
  last_word_ = word;
  if (word.empty() ||
      (!kept_.empty() && std::find(kept_.begin(), kept_.end(), word) == kept_.end()))
    return last_number_ = -1;
  const auto known = std::find(names_.begin(), names_.end(), word);
  last_number_ = known - names_.begin();
  if (known == names_.end()) names_.emplace_back(word);
  return last_number_;
}

std::vector<std::string> ClassNames::finish(std::vector<Recording>& recordings) {
  for (const std::string& name : kept_)
    require<ConfigError>(std::find(names_.begin(), names_.end(), name) != names_.end(),
                         "data.classes: {}", unknown_name("label", name, names_));
  std::vector<std::string> sorted = names_;
  std::sort(sorted.begin(), sorted.end());
  for (Recording& recording : recordings)
    for (LabelSpan& span : recording.labels)
      if (span.label >= 0)
        span.label = std::lower_bound(sorted.begin(), sorted.end(),
                                      names_[static_cast<size_t>(span.label)]) -
                     sorted.begin();
  return sorted;
}

LabelledBuilder::LabelledBuilder(const LongFormConfig& asked, const std::string& spool)
    : asked_(asked),
      spool_(spool, static_cast<int64_t>(asked.channels.size())),
      pieces_(asked.missing, asked.channels.size(), spool_),
      classes_(asked.classes) {}

void LabelledBuilder::begin(std::string name, std::string subject, double rate_hz) {
  const double longest = asked_.max_gap_seconds * rate_hz;
  pieces_.begin(std::move(name), std::move(subject), rate_hz, static_cast<int64_t>(longest + 1e-9));
}

void LabelledBuilder::row(std::span<const float> values, std::string_view label, double seconds) {
  pieces_.row(values, classes_.number(label), seconds);
}

Signals LabelledBuilder::finish(const std::string& source) {
  pieces_.end();
  spool_.finish();
  Signals signals{asked_.channels, {}, pieces_.recordings(), gap_notes(pieces_.counts(), asked_)};
  require<DataError>(!signals.recordings.empty(), "{}: there is no whole row", source);
  signals.classes = classes_.finish(signals.recordings);
  return signals;
}

std::vector<std::string> gap_notes(const GapCounts& counts, const LongFormConfig& config) {
  std::vector<std::string> notes;
  if (counts.filled_rows > 0)
    notes.push_back(text("filled {} missing samples in {} gaps by straight lines",
                         counts.filled_rows, counts.filled_runs));
  if (counts.cuts > 0)
    notes.push_back(text("ended recordings at {} gaps{}", counts.cuts,
                         config.missing == Missing::interpolate
                             ? text(" longer than {} s", config.max_gap_seconds)
                             : ""));
  if (counts.dropped_rows > 0)
    notes.push_back(text("left out {} rows with missing values", counts.dropped_rows));
  return notes;
}

}  // namespace tacit
