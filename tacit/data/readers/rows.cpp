// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/rows.h"

#include <algorithm>
#include <array>

#include "tacit/core/error.h"

namespace tacit {

namespace {

bool is_parquet(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  require<DataError>(std::filesystem::is_regular_file(file), "{} is not a file: check data.path",
                     file.string());
  if (name.ends_with(".parquet")) return true;
  const bool known = std::ranges::any_of(std::array{".csv", ".csv.gz", ".tsv", ".txt", ".dat"},
                                         [&](const char* end) { return name.ends_with(end); });
  require<ConfigError>(known, "{}: only .parquet, .csv, .csv.gz, .tsv, .txt and .dat can be read",
                       file.string());
  return false;
}

}  // namespace

std::unique_ptr<RowStream> open_rows(const std::filesystem::path& file, Columns columns,
                                     const Dialect& dialect) {
  if (is_parquet(file)) return open_parquet(file, std::move(columns));
  return open_csv(file, std::move(columns), dialect);
}

std::vector<ColumnInfo> columns_in(const std::filesystem::path& file, const Dialect& dialect) {
  return is_parquet(file) ? parquet_columns(file) : csv_columns(file, dialect);
}

void require_columns(const std::filesystem::path& file, const Columns& columns,
                     const std::vector<std::string>& available) {
  for (const auto* names : {&columns.numbers, &columns.texts, &columns.instants})
    for (const std::string& name : *names)
      require<ConfigError>(std::find(available.begin(), available.end(), name) != available.end(),
                           "{}: {}", file.string(), unknown_name("column", name, available));
}

}  // namespace tacit
