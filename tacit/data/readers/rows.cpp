// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/rows.h"

#include <algorithm>

#include "tacit/core/error.h"

namespace tacit {

std::unique_ptr<RowStream> open_rows(const std::filesystem::path& file, Columns columns) {
  const std::string name = file.filename().string();
  require<DataError>(std::filesystem::is_regular_file(file), "{} is not a file: check data.path",
                     file.string());
  if (name.ends_with(".parquet")) return open_parquet(file, std::move(columns));
  require<ConfigError>(name.ends_with(".csv") || name.ends_with(".csv.gz"),
                       "{}: only .csv, .csv.gz and .parquet can be read", file.string());
  return open_csv(file, std::move(columns));
}

void require_columns(const std::filesystem::path& file, const Columns& columns,
                     const std::vector<std::string>& available) {
  for (const auto* names : {&columns.numbers, &columns.texts})
    for (const std::string& name : *names)
      require<ConfigError>(std::find(available.begin(), available.end(), name) != available.end(),
                           "{}: {}", file.string(), unknown_name("column", name, available));
}

}  // namespace tacit
