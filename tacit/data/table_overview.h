// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tacit/data/table.h"

namespace tacit {

/// What a table holds, for `tacit data info`.
struct TableOverview {
  struct Column {
    std::string name;
    ColumnKind kind = ColumnKind::numeric;
    int64_t missing = 0;                                      ///< cells
    double mean = 0, deviation = 0, lowest = 0, highest = 0;  ///< of numbers that are there
    int64_t categories = 0;                                   ///< that occur
    std::string most_common{};                                ///< category
    int64_t most_common_rows = 0;
  };
  struct Class {
    std::string name;  ///< "(unlabelled)" for rows without a label
    int64_t rows = 0;
  };
  int64_t rows = 0, files = 0, groups = 0;
  std::vector<Class> classes;
  std::optional<Column> label{};  ///< where labels are numbers
  std::vector<Column> columns;

  /// Lines of text for people.
  std::string print() const;
};

/// Reads all cells once, chunk by chunk.
TableOverview overview(const Table& table);

}  // namespace tacit
