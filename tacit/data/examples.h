// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "tacit/data/dataset.h"

namespace tacit {

/// Where a row was taken from, for splits that tear nothing apart.
struct Origin {
  std::string_view subject;    ///< who it is of; empty where the data names none
  std::string_view recording;  ///< what it was cut from; of a table, the file
  int64_t piece;               ///< a stretch of a recording, numbered in order
  int64_t begin, end;          ///< begin … end-1 of the piece: samples; of a table, the row

  /// Whether the two share a part of what was recorded.
  bool overlaps(const Origin& other) const {
    return piece == other.piece && begin < other.end && other.begin < end;
  }
};

/// What a label is: one of some classes, or a number.
enum class Target { category, number };
inline std::vector<std::string> names(Target) { return {"class", "number"}; }

/// Rows of any kind as they were read, with what a recipe must know of them besides their values.
/// Rows of a piece follow each other in order of `begin`, those of a recording too.
class Examples : public Dataset {
 public:
  virtual Target target() const { return Target::category; }    ///< what labels are
  virtual const std::vector<std::string>& classes() const = 0;  ///< names, sorted; none of numbers
  virtual int64_t label(int64_t row) const = 0;                 ///< class, or -1 without one
  /// The label where target() is number, or NaN without one.
  virtual float number([[maybe_unused]] int64_t row) const {
    return std::numeric_limits<float>::quiet_NaN();
  }
  virtual Origin origin(int64_t row) const = 0;  ///< valid as long as the data set is
  /// What origins count, a second; 0 where time means nothing.
  virtual double origin_rate_hz() const { return spec().rate_hz; }
  virtual const std::vector<std::string>& notes() const = 0;  ///< what reading did, for people
};

/// Whether a row has a label, of either kind.
bool has_label(const Examples& examples, int64_t row);

/// Labels of some rows as in Batch::y: classes, [N] int64, or numbers, [N] float32.
Tensor labels_of(const Examples& examples, std::span<const int64_t> rows);

}  // namespace tacit
