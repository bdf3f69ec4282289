// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/rng.h"
#include "tacit/data/examples.h"

namespace tacit {

/// What may not be torn apart between training and test.
enum class SplitBy {
  subject,
  recording,
  row,
  paper_window_split,  ///< by row although the data has subjects, as some papers do: people leak
  time                 ///< stretches of each recording: the same people and places, at other times
};
inline std::vector<std::string> names(SplitBy) {
  return {"subject", "recording", "row", "paper_window_split", "time"};
}

struct SplitConfig {
  SplitBy by = SplitBy::subject;
  /// A fraction, a list of names (by row: of recordings or files), "leave_one_out" or {folds = 5}.
  /// By time a fraction, of each recording's end, or folds, of which each tests another stretch.
  Json test = 0.25;
  double validation = 0.2;    ///< fraction of the rest
  double gap_seconds = 5;     ///< by time: what lies this near to another part is left out
  bool transductive = false;  ///< pre-training also sees the test rows, without their labels
};
template <class Visitor>
void describe(Visitor& visit, SplitConfig& config) {
  visit("by", config.by, "what is never torn apart between the parts");
  visit("test", config.test,
        "held out: a fraction, a list of names, \"leave_one_out\", or {folds = 5}");
  visit("validation", config.validation, "fraction of the training groups kept for validation",
        between(0, 0.9));
  visit("gap_seconds", config.gap_seconds,
        "by time: rows of training that lie nearer to validation or test, and of validation nearer "
        "to test, are left out",
        at_least(0));
  visit("transductive", config.transductive,
        "pre-train on the test rows too, without their labels");
}

/// Row numbers of three parts of a data set, each sorted.
struct Split {
  SplitBy by = SplitBy::subject;
  bool transductive = false;
  std::vector<int64_t> train, validation, test;
  std::vector<std::string> train_groups, validation_groups, test_groups;  ///< names, sorted
  int64_t left_out = 0;  ///< rows in no part, for lying in a gap

  /// A table of three lines: groups and rows of each part, for people; and warning().
  std::string print() const;
  /// What its scores must not be taken for; empty unless people leak or test rows are seen.
  std::string warning() const;
  /// What pre-training sees, sorted: `train`, and `test` if the split is transductive.
  std::vector<int64_t> pretrained_on() const;
};

/// One split, or one a fold. Groups are shuffled by `rng` and never torn apart. Throws ConfigError
/// for unknown names (naming the nearest), too few groups for what is asked, no subjects in a split
/// by subject, and a split by row of data that has subjects or overlapping rows, or is of video: it
/// would leak. (Only paper_window_split and time may tear subjects apart.) By time see
/// split_by_time().
std::vector<Split> make_splits(const SplitConfig& config, const Examples& data, Rng rng);

/// Throws StateError if a sample is in two parts or, but for paper_window_split and time, a
/// subject. make_splits has called it; it is public because what it promises is worth testing on
/// its own.
void require_no_leak(const Split& split, const Examples& data);

}  // namespace tacit
