// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/rows.h"

#include <algorithm>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/json_lines.h"

namespace tacit {

RowFormat format_of(const std::filesystem::path& file) {
  require<DataError>(std::filesystem::is_regular_file(file), "{} is not a file: check data.path",
                     file.string());
  const std::string ending = ending_of(file.filename().string());
  require<ConfigError>(!ending.empty(),
                       "{}: only .parquet, .csv, .tsv, .txt, .dat, .jsonl and .ndjson can be read, "
                       "all but the first also compressed (.csv.gz)",
                       file.string());
  if (ending == ".parquet") return RowFormat::parquet;
  const bool json = ending.starts_with(".jsonl") || ending.starts_with(".ndjson");
  return json ? RowFormat::json_lines : RowFormat::delimited;
}

std::unique_ptr<RowStream> open_rows(const std::filesystem::path& file, Columns columns,
                                     const Dialect& dialect) {
  switch (format_of(file)) {
    case RowFormat::parquet: return open_parquet(file, std::move(columns));
    case RowFormat::json_lines: return open_json_lines(file, std::move(columns));
    case RowFormat::delimited: break;
  }
  return open_csv(file, std::move(columns), dialect);
}

std::vector<ColumnInfo> columns_in(const std::filesystem::path& file, const Dialect& dialect) {
  switch (format_of(file)) {
    case RowFormat::parquet: return parquet_columns(file);
    case RowFormat::json_lines: return json_lines_columns(file);
    case RowFormat::delimited: break;
  }
  return csv_columns(file, dialect);
}

void require_columns(const std::filesystem::path& file, const Columns& columns,
                     const std::vector<std::string>& available) {
  for (const auto* names : {&columns.numbers, &columns.texts, &columns.instants})
    for (const std::string& name : *names)
      require<ConfigError>(std::find(available.begin(), available.end(), name) != available.end(),
                           "{}: {}", file.string(), unknown_name("column", name, available));
}

}  // namespace tacit
