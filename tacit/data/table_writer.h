// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace tacit {

/// A column of a table, or a stretch of it.
struct Column {
  std::string name;
  std::variant<std::vector<int64_t>, std::vector<double>, std::vector<float>,
               std::vector<std::string>>
      values;
};

/// A table on its way into a file, which appears whole or not at all.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  /// More rows: the same columns each time, all of the same length. Throws StateError.
  virtual void add(const std::vector<Column>& rows) = 0;
  /// Writes the file. Throws StateError.
  virtual void finish() = 0;
};

/// By the file's ending: .csv; .jsonl or .ndjson, JSON lines, with an object for each row, keys in
/// the order of the columns; or .parquet, with a row group for each add(). Numbers in texts read
/// back to the same bits. In JSON a NaN and an empty text, which say that there is no value, are
/// null, and infinity, which JSON has not, is the text "inf" or "-inf". Throws ConfigError for any
/// other ending; add() throws StateError for what JSON cannot say: texts that are no UTF-8 and two
/// columns of one name.
std::unique_ptr<TableWriter> create_table(const std::filesystem::path& file);

}  // namespace tacit
