// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/table.h"

namespace tacit {

/// How numbers come to a common scale.
enum class Scaling {
  standard,    ///< mean 0, deviation 1
  robust,      ///< median 0, 1.4826 times the median distance from it 1
  rank_gauss,  ///< the normal quantile of a number's rank: Jahrer 2017, Porto Seguro
  none
};
inline std::vector<std::string> names(Scaling) {
  return {"standard", "robust", "rank_gauss", "none"};
}

struct ColumnEncodersConfig {
  Scaling scaling = Scaling::rank_gauss;                      ///< of numeric columns and of moments
  std::vector<std::string> standard{}, robust{}, unscaled{};  ///< columns scaled otherwise
  int64_t min_count = 10;  ///< rows that a category needs for a code of its own
};
template <class Visitor>
void describe(Visitor& visit, ColumnEncodersConfig& config) {
  visit("scaling", config.scaling, "of numbers, fitted on training rows");
  visit("standard", config.standard, "columns with mean 0 and deviation 1 instead");
  visit("robust", config.robust, "columns scaled by median and median deviation instead");
  visit("unscaled", config.unscaled, "columns that stay as they are instead");
  visit("min_count", config.min_count,
        "training rows that a category needs; rarer ones count as unseen", at_least(1));
}

/// Turns rows of a table as they were read into rows that a network can take, and back.
///
/// A number is scaled, and stays NaN where it is missing. A category becomes a code: kMissingCode,
/// kUnseenCode for what training rows have less than min_count times, or one from kFirstCode on. A
/// moment becomes nine numbers: the scaled time, and sine and cosine of the time of day, of the day
/// of the week, of the month (of 31) and of the year (of 365.25). Fitted on training rows alone.
class ColumnEncoders {
 public:
  static constexpr int64_t kMissingCode = 0, kUnseenCode = 1, kFirstCode = 2;
  static constexpr int64_t kMomentFields = 9;

  /// Of a number: a line from knot to knot for rank_gauss, level beyond them, else shift and scale:
  /// (x - shift) / scale. Of a moment, the same of its days since 1970.
  struct Scale {
    double shift = 0, scale = 1;
    Tensor values{}, normals{};  ///< [Q] float64 each, ascending; undefined unless rank_gauss
    Tensor apply(const Tensor& x) const;
    Tensor invert(const Tensor& z) const;
  };

  /// Counts of categories in these rows, and of numbers the statistics in at most 200,000 of them,
  /// evenly spread. Throws DataError when there are no rows and ConfigError for an override of an
  /// unknown column.
  static ColumnEncoders fit(const ColumnEncodersConfig& config, const Table& table,
                            std::span<const int64_t> rows);

  const std::vector<TableColumn>& columns() const { return columns_; }
  /// Of each column; of a category it says nothing.
  const std::vector<Scale>& scales() const { return scales_; }
  /// The code of each category of a categorical column, and last that of any other: float64
  /// [categories + 1].
  Tensor codes(size_t column) const;
  /// Of an encoded row, in order.
  std::vector<Field> fields() const;
  /// x: [N, row_width(columns)] -> [N, fields().size()].
  Tensor apply(const Tensor& x) const;
  /// The other way, as far as it goes: a code below kFirstCode gives NaN, and of a moment only the
  /// scaled time is looked at.
  Tensor invert(const Tensor& encoded) const;
  /// What load() needs: knots of rank_gauss as tensors, everything else as JSON.
  Json describe(std::map<std::string, Tensor>& tensors) const;
  /// Throws whatever the JSON library or at() throws when something is missing.
  static ColumnEncoders load(const Json& described, const std::map<std::string, Tensor>& tensors);

 private:
  static Scale fit_scale(Scaling scaling, const Tensor& sample);

  std::vector<TableColumn> columns_;
  std::vector<Scale> scales_;               // of each column; unused for categories
  std::vector<std::vector<int64_t>> kept_;  // of each column: the category behind each code
};

}  // namespace tacit
