// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/pieces.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tacit/data/fill_gap.h"

namespace tacit {

PieceBuilder::PieceBuilder(Missing missing, size_t channels, Spool& spool)
    : missing_(missing), channels_(channels), spool_(spool) {}

void PieceBuilder::begin(std::string name, std::string subject, double rate_hz,
                         int64_t longest_gap) {
  end();
  current_.name = std::move(name);
  current_.subject = std::move(subject);
  current_.rate_hz = rate_hz;
  longest_gap_ = missing_ == Missing::interpolate ? longest_gap : 0;
}

void PieceBuilder::row(std::span<const float> values, int64_t label, double seconds) {
  const bool whole =
      std::none_of(values.begin(), values.end(), [](float value) { return std::isnan(value); });
  if (!whole) {
    if (!open_) {
      ++counts_.dropped_rows;
      return;
    }
    waiting_.insert(waiting_.end(), values.begin(), values.end());
    waiting_label_.push_back(label);
    ++waiting_from_file_;
    if (static_cast<int64_t>(waiting_label_.size()) > longest_gap_) cut();
    return;
  }
  if (open_) fill(values);
  if (!open_) {
    open_ = true;
    pieces_.push_back({current_, spool_.rows(), 0});
    pieces_.back().recording.start_seconds = seconds;
  }
  store(values, label);
  last_.assign(values.begin(), values.end());
  last_label_ = label;
}

void PieceBuilder::skip(int64_t rows) {
  if (!open_) return;
  if (static_cast<int64_t>(waiting_label_.size()) + rows > longest_gap_) {
    cut();
    return;
  }
  waiting_.insert(waiting_.end(), static_cast<size_t>(rows) * channels_,
                  std::numeric_limits<float>::quiet_NaN());
  waiting_label_.insert(waiting_label_.end(), static_cast<size_t>(rows),
                        waiting_label_.empty() ? last_label_ : waiting_label_.back());
}

/// Draws a straight line, a channel at a time, through what is known on both sides.
void PieceBuilder::fill(std::span<const float> until) {
  if (waiting_label_.empty()) return;
  const size_t rows = waiting_label_.size();
  fill_gap(last_, waiting_, until);
  for (size_t row = 0; row < rows; ++row)
    store(std::span(waiting_).subspan(row * channels_, channels_), waiting_label_[row]);
  counts_.filled_rows += static_cast<int64_t>(rows);
  ++counts_.filled_runs;
  waiting_.clear();
  waiting_label_.clear();
  waiting_from_file_ = 0;
}

void PieceBuilder::store(std::span<const float> values, int64_t label) {
  spool_.append(values);
  Piece& piece = pieces_.back();
  std::vector<LabelSpan>& labels = piece.recording.labels;
  if (labels.empty() || labels.back().label != label)
    labels.push_back({piece.length, piece.length, label});
  labels.back().end = ++piece.length;
}

void PieceBuilder::cut() {
  ++counts_.cuts;
  end();
}

void PieceBuilder::end() {
  counts_.dropped_rows += waiting_from_file_;
  waiting_.clear();
  waiting_label_.clear();
  waiting_from_file_ = 0;
  open_ = false;
}

std::vector<Recording> PieceBuilder::recordings() const {
  std::vector<Recording> all;
  for (const Piece& piece : pieces_) {
    all.push_back(piece.recording);
    all.back().samples = spool_.view(piece.first_row, piece.length);
  }
  return all;
}

}  // namespace tacit
