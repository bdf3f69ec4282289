// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tacit/core/config.h"

namespace tacit {

/// What stands between two cells; `space` is any run of blanks and tabs.
enum class Delimiter { comma, semicolon, tab, pipe, space };
inline std::vector<std::string> names(Delimiter) {
  return {"comma", "semicolon", "tab", "pipe", "space"};
}

/// What stands before the fraction of a number.
enum class Decimal { point, comma };
inline std::vector<std::string> names(Decimal) { return {"point", "comma"}; }

/// How a text file writes its table.
struct Dialect {
  Delimiter delimiter = Delimiter::comma;
  Decimal decimal = Decimal::point;
  int64_t skip_lines = 0;              ///< above the heading, or above the data where there is none
  std::vector<std::string> columns{};  ///< names, for a file without a heading

  bool operator==(const Dialect&) const = default;
};
template <class Visitor>
void describe(Visitor& visit, Dialect& dialect) {
  visit("delimiter", dialect.delimiter, "between the cells of a text file");
  visit("decimal", dialect.decimal, "before the fraction of a number in a text file");
  visit("skip_lines", dialect.skip_lines, "lines of a text file above its heading", at_least(0));
  visit("columns", dialect.columns, "names of the columns, for text files without a heading");
}

/// A line's cells, trimmed and without their quotes.
std::vector<std::string> split_cells(std::string_view line, Delimiter delimiter);

/// Guesses a dialect from the first 64 KiB of a text file, also compressed (.csv.gz): the delimiter
/// that cuts most lines into the same number of cells, two or more (or one number a line); lines
/// above the table (comments, titles) are skipped; a first line that is all names is the heading,
/// without one columns are called c1, c2, … unless a comment just above names them. Throws
/// DataError when the file is empty, holds bytes that no text has, or no delimiter cuts it into
/// columns.
Dialect guess_dialect(const std::filesystem::path& file);

}  // namespace tacit
