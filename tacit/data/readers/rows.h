// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tacit {

/// Which columns of a file are wanted, and as what.
struct Columns {
  std::vector<std::string> numbers;
  std::vector<std::string> texts;
};

/// Some rows of a file, column by column.
struct RowBlock {
  int64_t first_row = 1;  ///< as people count; in CSV the heading is row 1 and the first of data row 2
  int64_t rows = 0;
  std::vector<std::vector<double>> numbers;     ///< in the order of Columns; NaN where missing
  std::vector<std::vector<std::string>> texts;  ///< in the order of Columns; "" where missing
};

/// At most this many rows are in memory at a time.
inline constexpr int64_t kBlockRows = int64_t{1} << 16;

/// A file, from its first row to its last.
class RowStream {
 public:
  virtual ~RowStream() = default;
  /// The next 1 … kBlockRows rows, or nothing at the end. Throws DataError with file, row and column.
  virtual std::optional<RowBlock> next() = 0;
};

/// CSV with a heading, comma separated, UTF-8; also compressed (.csv.gz). Empty cells, NaN, NA and
/// null are missing. Throws DataError for a file that cannot be read and ConfigError for a column
/// that it does not have, naming those it has.
std::unique_ptr<RowStream> open_csv(const std::filesystem::path& file, Columns columns);

/// Parquet, a row group after the other, only the columns that are wanted. Whole numbers, floats and
/// texts (also dictionaries of texts) are read, any other type is refused. Throws like open_csv.
std::unique_ptr<RowStream> open_parquet(const std::filesystem::path& file, Columns columns);

/// By the file's ending: .csv, .csv.gz or .parquet. Throws ConfigError for any other.
std::unique_ptr<RowStream> open_rows(const std::filesystem::path& file, Columns columns);

/// Throws ConfigError unless every column is available.
void require_columns(const std::filesystem::path& file, const Columns& columns,
                     const std::vector<std::string>& available);

}  // namespace tacit
