// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/readers/dialect.h"
#include "tacit/data/table.h"

namespace tacit {

/// A table in a file or in several of the same columns. A column that is in none of the lists is
/// left out.
struct TableConfig {
  std::string path{};          ///< a file, or a folder of such files
  std::string path_pattern{};  ///< which files of the folder; see data_files()
  Dialect text{};              ///< of text files
  std::string label{};         ///< column of the class; "" without labels
  std::vector<std::string> numeric{}, categorical{}, datetime{};  ///< columns by kind
  /// Texts that name no category and no class, but say that there is none.
  std::vector<std::string> missing{"?", "NA", "N/A", "nan", "NaN", "null", "NULL"};
};
template <class Visitor>
void describe(Visitor& visit, TableConfig& config) {
  visit("path", config.path, "a .csv, .csv.gz, .tsv or .parquet file, or a folder of them");
  visit("path_pattern", config.path_pattern, "which files of the folder");
  describe(visit, config.text);
  visit("label", config.label, "column of the class; \"\" without labels");
  visit("numeric", config.numeric, "columns of numbers");
  visit("categorical", config.categorical, "columns of texts that name a category");
  visit("datetime", config.datetime, "columns of dates with a time");
  visit("missing", config.missing,
        "texts of a category or class that mean there is none, besides the empty one");
}

/// Reads a table block by block; its cells wait in a Spool in the folder `spool`, so it may exceed
/// the memory. Columns follow in the order numeric, categorical, datetime, categories in that of
/// their first cells, classes sorted. A row whose label is missing has none. Throws DataError
/// (what a file holds, with file, row and column: an infinite number, no rows) and ConfigError
/// (what was asked: no column, one named twice, the label among the columns).
Table read_table(const TableConfig& config, const std::string& spool);

}  // namespace tacit
