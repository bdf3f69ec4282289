// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <utility>

#include "tacit/core/error.h"

namespace tacit {

int64_t row_width(const std::vector<TableColumn>& columns) {
  int64_t width = 0;
  for (const TableColumn& column : columns) width += column.width();
  return width;
}

Table::Table(std::vector<TableColumn> columns, Tensor cells, std::vector<int64_t> labels,
             std::vector<std::string> classes, TableSources sources)
    : columns_(std::move(columns)),
      cells_(std::move(cells)),
      labels_(std::move(labels)),
      classes_(std::move(classes)),
      sources_(std::move(sources)) {
  const int64_t width = row_width(columns_);
  require<ShapeError>(cells_.dim() == 2 && cells_.size(1) == width,
                      "table: cells must be [N, {}] for these columns but are {}", width,
                      cells_.sizes());
  require<ShapeError>(static_cast<int64_t>(labels_.size()) == cells_.size(0),
                      "table: {} labels for {} rows", labels_.size(), cells_.size(0));
  require<ShapeError>(sources_.group_of.empty() || sources_.group_of.size() == labels_.size(),
                      "table: {} groups for {} rows", sources_.group_of.size(), labels_.size());
  spec_.modality = Modality::table;
  spec_.shape = {width};
  for (const TableColumn& column : columns_) spec_.channels.push_back(column.name);
}

Table Table::of_numbers(std::vector<TableColumn> columns, Tensor cells, std::vector<float> numbers,
                        TableSources sources) {
  Table table(std::move(columns), std::move(cells), std::vector<int64_t>(numbers.size(), -1), {},
              std::move(sources));
  table.target_ = Target::number;
  table.numbers_ = std::move(numbers);
  return table;
}

float Table::number(int64_t row) const {
  if (target_ == Target::category) return Examples::number(row);
  return numbers_.at(static_cast<size_t>(row));
}

Origin Table::origin(int64_t row) const {
  Origin origin{.subject = {}, .recording = {}, .piece = 0, .begin = row, .end = row + 1};
  if (!sources_.group_of.empty()) {
    origin.subject =
        sources_.groups[static_cast<size_t>(sources_.group_of.at(static_cast<size_t>(row)))];
  }
  const auto after =
      std::ranges::upper_bound(sources_.files, row, {}, &TableSources::File::first_row);
  if (after != sources_.files.begin()) {
    origin.piece = after - sources_.files.begin() - 1;
    origin.recording = std::prev(after)->name;
  }
  return origin;
}

Batch Table::read(std::span<const int64_t> rows) const {
  const Tensor row = at::tensor(at::ArrayRef<int64_t>(rows.data(), rows.size()), at::kLong);
  return {at::index_select(cells_, 0, row), labels_of(*this, rows), row};
}

}  // namespace tacit
