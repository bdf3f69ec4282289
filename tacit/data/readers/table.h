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
  std::string path{};                ///< a file, or a folder of such files
  std::string path_pattern{};        ///< which files of the folder; see data_files()
  Dialect text{};                    ///< of text files
  std::string label{};               ///< column of the class or number; "" without labels
  Target target = Target::category;  ///< what the label is
  // Those above stand in [data] itself, these in [data.table].
  std::vector<std::string> numeric{}, categorical{}, datetime{};  ///< columns by kind
  std::string group{};  ///< column of what must stay together; "" where rows are independent
  /// Texts that name no category and no class, but say that there is none.
  std::vector<std::string> missing{"?", "NA", "N/A", "nan", "NaN", "null", "NULL"};
};
template <class Visitor>
void describe(Visitor& visit, TableConfig& config) {
  visit("numeric", config.numeric, "columns of numbers");
  visit("categorical", config.categorical, "columns of texts that name a category");
  visit("datetime", config.datetime, "columns of dates with a time");
  visit("group", config.group,
        "column that names what must stay together, a person or a device, for data.split.by = "
        "\"subject\"; \"\" where rows are independent");
  visit("missing", config.missing,
        "texts of a category or class that mean there is none, besides the empty one");
}

/// Reads a table block by block; its cells wait in a Spool in the folder `spool`, so it may exceed
/// the memory. Columns follow in the order numeric, categorical, datetime, categories in that of
/// their first cells, classes sorted. A row whose label is missing has none, and one whose group is
/// missing is a group of its own. Where the label is a number, its column is read as numeric ones
/// are. With `known` columns, those of a model, their categories keep
/// their codes and new ones follow. Throws DataError (what a file holds, with file, row and column:
/// an infinite number, no rows) and ConfigError (what was asked: no column, one named twice, the
/// label among the columns, other columns than the known ones).
Table read_table(const TableConfig& config, const std::string& spool,
                 const std::vector<TableColumn>& known = {});

}  // namespace tacit
