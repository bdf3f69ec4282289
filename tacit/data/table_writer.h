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

/// By the file's ending: .csv, with numbers that read back to the same bits, or .parquet, with a
/// row group for each add(). Throws ConfigError for any other.
std::unique_ptr<TableWriter> create_table(const std::filesystem::path& file);

}  // namespace tacit
