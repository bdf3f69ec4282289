// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/dialect.h"
#include "tacit/data/table.h"

namespace tacit {

/// A column of a table, and what its cells look like.
struct ColumnGuess {
  /// Stands in `cells` where there is no value.
  static constexpr uint64_t kMissing =
      std::bit_cast<uint64_t>(std::numeric_limits<double>::quiet_NaN());

  std::string name;
  std::optional<ColumnKind> kind{};  ///< nothing where there is nothing to learn from it
  std::string reason{};              ///< "ordinal: whole numbers, 16 different"
  bool doubtful = false;             ///< some cells do not fit the others: a person should look
  bool whole = false;                ///< every cell with a value is a whole number
  int64_t filled = 0;                ///< cells with a value
  int64_t distinct = 0;              ///< different ones among them
  /// Of each row, equal for equal cells: the bits of a number, or of a NaN for a text.
  std::vector<uint64_t> cells{};
};

/// The columns of a table, in the order of its files.
struct ColumnKinds {
  std::vector<DataFile> files;
  std::vector<ColumnGuess> columns;
  int64_t rows = 0;       ///< that were looked at
  bool all_rows = false;  ///< those are all

  /// Throws ConfigError naming the nearest.
  const ColumnGuess& column(const std::string& name) const;
};

/// Tells what each column is from its name and its cells in the first rows of every file, 200,000
/// together (less with more than 50 columns). `dialect`: of text files, where every column is read
/// as texts; Parquet says of which type it is.
///
/// Numbers are numeric, also whole ones of at most 20 values ("ordinal") and 0 or 1 ("binary");
/// other whole numbers of two values, and those whose name says that they are codes, are
/// categorical. Texts are categorical where they repeat. Moments are what moment_in() reads. A word
/// that says that a value is missing (is_missing()) is no value of a number. Nothing is to be
/// learnt from columns that are constant or empty, that count rows or name each by itself
/// (identifiers), from free text, and from types of Parquet that cannot be read. Throws what
/// columns_of() and open_rows() throw.
ColumnKinds guess_kinds(const std::vector<DataFile>& files, const Dialect& dialect);

}  // namespace tacit
