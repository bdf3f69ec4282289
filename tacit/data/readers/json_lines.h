// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "tacit/data/readers/rows.h"

namespace tacit {

/// json_lines_columns() looks at so many lines, blank ones not counted.
inline constexpr int64_t kLinesForColumns = 10'000;

/// JSON lines: text in UTF-8, also compressed (.gz), with one JSON object on each line, a row;
/// blank lines are skipped. Format: https://jsonlines.org.
///
/// A wanted column is the key of that name at the top of the objects, others are left alone. Its
/// value is taken as the cell of a CSV file would be: a text without blanks at its ends, a number
/// as the file writes it ("7", "7.0"), true and false as these words; a wanted number or date may
/// so stand in a text, with a decimal point. Where there is no value, a line says null or leaves
/// the key out. A key that no line has is refused all the same, so that a column of another name is
/// not taken for missing values: one row alone says null. Names lose blanks at their ends.
///
/// Throws DataError with file and line for what is not one JSON object (NaN and Infinity are no
/// JSON), a line over a megabyte, a key twice, and a wanted value that is a list, an object, or not
/// what it is wanted as; for a file without objects; and for keys so many that they must be data.
/// Throws ConfigError for a column that no line has, naming those there are: at once where the
/// file's rows fit one block, else when they were all read.
std::unique_ptr<RowStream> open_json_lines(const std::filesystem::path& file, Columns columns);

/// The keys of the first kLinesForColumns lines, in the order in which they first appear. All are
/// CellKind::text, as in CSV, because any later line may hold any value; but CellKind::other, of
/// type "list" or "object", where a line has such a value. Throws DataError like open_json_lines().
std::vector<ColumnInfo> json_lines_columns(const std::filesystem::path& file);

}  // namespace tacit
