// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/examples.h"

namespace tacit {

/// What the cells of a column are.
enum class ColumnKind {
  numeric,
  categorical,  ///< texts that name one of some categories; two of them: binary
  datetime      ///< a date with a time
};
inline std::vector<std::string> names(ColumnKind) { return {"numeric", "categorical", "datetime"}; }

/// A column of a table, and how its cells are kept as floats: a number as it is; of a category its
/// place in `categories`; of a moment the day since 1970-01-01 and the second of that day (UTC),
/// side by side. NaN where a cell is missing.
struct TableColumn {
  std::string name;
  ColumnKind kind = ColumnKind::numeric;
  std::vector<std::string> categories{};  ///< of a categorical column, in the order of their codes

  int64_t width() const { return kind == ColumnKind::datetime ? 2 : 1; }
  bool operator==(const TableColumn&) const = default;
};

/// Floats that a row of such columns takes.
int64_t row_width(const std::vector<TableColumn>& columns);

/// Where the rows of a table come from.
struct TableSources {
  struct File {
    std::string name;
    int64_t first_row;
  };
  std::vector<File> files{};          ///< in the order of their rows
  std::vector<std::string> groups{};  ///< of rows that belong together: a person, a device
  std::vector<int64_t> group_of{};    ///< of each row, as a place in `groups`; empty without
};

/// Rows of a table as they were read: x [N, row_width], unscaled, columns one after the other.
class Table final : public Examples {
 public:
  /// cells: [N, row_width] float32, which may be a view of a file; labels: [N] of 0 …
  /// classes.size() - 1, or -1 without one. Throws ShapeError when the sizes do not fit.
  Table(std::vector<TableColumn> columns, Tensor cells, std::vector<int64_t> labels,
        std::vector<std::string> classes, TableSources sources = {});
  /// The same with numbers for labels, one a row, NaN without one.
  static Table of_numbers(std::vector<TableColumn> columns, Tensor cells,
                          std::vector<float> numbers, TableSources sources = {});

  const Spec& spec() const override { return spec_; }
  int64_t size() const override { return cells_.size(0); }
  Batch read(std::span<const int64_t> rows) const override;
  Target target() const override { return target_; }
  const std::vector<std::string>& classes() const override { return classes_; }
  int64_t label(int64_t row) const override { return labels_.at(static_cast<size_t>(row)); }
  float number(int64_t row) const override;
  Origin origin(int64_t row) const override;
  const std::vector<std::string>& notes() const override { return notes_; }

  const std::vector<TableColumn>& columns() const { return columns_; }
  const std::vector<int64_t>& labels() const { return labels_; }  ///< -1 where they are numbers
  const std::vector<float>& numbers() const { return numbers_; }  ///< empty where they are classes
  const Tensor& cells() const { return cells_; }                  ///< [N, row_width]
  const TableSources& sources() const { return sources_; }

 private:
  std::vector<TableColumn> columns_;
  Tensor cells_;
  std::vector<int64_t> labels_;
  std::vector<std::string> classes_;
  Target target_ = Target::category;
  std::vector<float> numbers_;
  TableSources sources_;
  std::vector<std::string> notes_;
  Spec spec_;
};

}  // namespace tacit
