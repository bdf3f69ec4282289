// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/rows.h"

namespace tacit {

/// What the cells of a column look like.
struct ColumnProfile {
  /// Of the different cells, only so many are remembered.
  static constexpr size_t kMostValues = 2000;

  std::string name;
  CellKind kind = CellKind::text;
  int64_t rows = 0, missing = 0;
  int64_t numbers = 0, instants = 0;  ///< cells that are one
  bool whole = true;                  ///< every number is
  double lowest = 0, highest = 0;     ///< of the numbers or instants
  int64_t grows = 0, falls = 0;       ///< steps from row to row, in time or number
  int64_t steps_of_one = 0;           ///< of those that grow, by exactly 1
  int64_t changes = 0;                ///< rows whose cell is another than the one before
  std::set<std::string> values;

  int64_t filled() const { return rows - missing; }
  bool is_number() const { return numbers > 0 && numbers == filled(); }
  bool is_instant() const { return instants > 0 && instants == filled(); }
  bool is_constant() const { return values.size() <= 1; }
  /// Grows from nearly every row to the next.
  bool is_clock() const;
  /// A counter of rows.
  bool is_counter() const;
  /// Few different cells, each for many rows.
  bool is_group() const;
};

/// Files, and what stands in them.
struct Survey {
  std::vector<DataFile> files;
  Dialect text;
  std::vector<ColumnProfile> columns;
  int64_t rows = 0;

  /// Throws ConfigError naming the nearest.
  const ColumnProfile& column(const std::string& name) const;
};

/// The columns of files, in the order of the first; those that share a name are CellKind::other,
/// without a type. Throws DataError when files cannot be read or have different columns, naming
/// them.
std::vector<ColumnInfo> columns_of(const std::vector<DataFile>& files, const Dialect& dialect);

/// Looks at the first rows of every file: `rows` together and at least a hundredth of that of each.
/// Throws what columns_of(), data_files() and guess_dialect() throw.
Survey survey(const std::filesystem::path& path, const std::string& pattern,
              int64_t rows = 2'000'000);

}  // namespace tacit
