// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tacit/data/readers/dialect.h"

namespace tacit {

/// Which columns of a file are wanted, and as what.
struct Columns {
  std::vector<std::string> numbers;
  std::vector<std::string> texts;
  std::vector<std::string> instants{};  ///< dates, with a time or not, as seconds since 1970
};

/// Some rows of a file, column by column.
struct RowBlock {
  int64_t first_row = 1;  ///< as people count; in CSV the heading is row 1 and the first of data
                          ///< row 2, in JSON lines a row is its line
  int64_t rows = 0;
  std::vector<std::vector<double>>
      numbers;  ///< in the order of Columns, then its instants; NaN where missing
  std::vector<std::vector<std::string>> texts;  ///< in the order of Columns; "" where missing
  /// What the file counts each row as, where they do not follow each other: rows were sorted, or
  /// lines between them are blank.
  std::vector<int64_t> moved_from{};

  /// As people count.
  int64_t number(size_t row) const {
    return moved_from.empty() ? first_row + static_cast<int64_t>(row) : moved_from[row];
  }
};

/// At most this many rows are in memory at a time.
inline constexpr int64_t kBlockRows = int64_t{1} << 16;

/// A file, from its first row to its last.
class RowStream {
 public:
  virtual ~RowStream() = default;
  /// The next 1 … kBlockRows rows, or nothing at the end. Throws DataError with file, row and
  /// column.
  virtual std::optional<RowBlock> next() = 0;
};

/// What a column can be read as.
enum class CellKind {
  text,     ///< in a text file, anything but lists and objects of JSON lines
  number,   ///< Parquet: whole numbers, floats and decimals
  instant,  ///< Parquet: timestamps and dates
  other     ///< what cannot be read
};

struct ColumnInfo {
  std::string name;
  CellKind kind = CellKind::text;
  std::string type{};  ///< as Parquet calls it; in JSON lines of CellKind::other, list or object
};

/// How a file holds rows.
enum class RowFormat { delimited, json_lines, parquet };

/// By the file's ending (ending_of() in data_files.h): .parquet; JSON lines .jsonl or .ndjson; or
/// the text files .csv, .tsv, .txt and .dat, which a Dialect is for; all but the first also
/// compressed, .csv.gz. Throws DataError where there is no such file, ConfigError for any other
/// ending.
RowFormat format_of(const std::filesystem::path& file);

/// The columns of a file, in its order, without reading further than to find them. Throws like
/// open_rows.
std::vector<ColumnInfo> columns_in(const std::filesystem::path& file, const Dialect& dialect);
std::vector<ColumnInfo> csv_columns(const std::filesystem::path& file, const Dialect& dialect);
std::vector<ColumnInfo> parquet_columns(const std::filesystem::path& file);

/// Text as `dialect` says, UTF-8; also compressed (.gz). Names and cells lose blanks at their
/// ends; is_missing() says which cells are empty. Throws DataError for a file that cannot be read
/// and ConfigError for a column that it does not have, naming those it has.
std::unique_ptr<RowStream> open_csv(const std::filesystem::path& file, Columns columns,
                                    const Dialect& dialect = {});

/// Parquet, a row group after the other, only the columns that are wanted. Read are whole numbers,
/// floats and decimals as numbers; timestamps and dates as instants; texts, also dictionaries of
/// them, whole numbers and booleans ("true", "false") as texts. Any other type is refused. Throws
/// like open_csv.
std::unique_ptr<RowStream> open_parquet(const std::filesystem::path& file, Columns columns);

/// open_parquet(), open_json_lines() or open_csv(), which `dialect` is for, by format_of(). Throws
/// like them.
std::unique_ptr<RowStream> open_rows(const std::filesystem::path& file, Columns columns,
                                     const Dialect& dialect = {});

/// Up to `bytes` from the beginning of a text file, unpacked (.gz). Throws DataError.
std::string head_of(const std::filesystem::path& file, size_t bytes);

/// Throws ConfigError unless every column is available.
void require_columns(const std::filesystem::path& file, const Columns& columns,
                     const std::vector<std::string>& available);

}  // namespace tacit
