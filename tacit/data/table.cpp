// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include <utility>

#include "tacit/core/error.h"

namespace tacit {

int64_t row_width(const std::vector<TableColumn>& columns) {
  int64_t width = 0;
  for (const TableColumn& column : columns) width += column.width();
  return width;
}

Table::Table(std::vector<TableColumn> columns, Tensor cells, std::vector<int64_t> labels,
             std::vector<std::string> classes)
    : columns_(std::move(columns)),
      cells_(std::move(cells)),
      labels_(std::move(labels)),
      classes_(std::move(classes)) {
  const int64_t width = row_width(columns_);
  require<ShapeError>(cells_.dim() == 2 && cells_.size(1) == width,
                      "table: cells must be [N, {}] for these columns but are {}", width,
                      cells_.sizes());
  require<ShapeError>(static_cast<int64_t>(labels_.size()) == cells_.size(0),
                      "table: {} labels for {} rows", labels_.size(), cells_.size(0));
  spec_.modality = Modality::table;
  spec_.shape = {width};
  for (const TableColumn& column : columns_) spec_.channels.push_back(column.name);
}

Batch Table::read(std::span<const int64_t> rows) const {
  const Tensor row = at::tensor(at::ArrayRef<int64_t>(rows.data(), rows.size()), at::kLong);
  std::vector<int64_t> y;
  y.reserve(rows.size());
  for (const int64_t each : rows) y.push_back(labels_.at(static_cast<size_t>(each)));
  return {at::index_select(cells_, 0, row), at::tensor(y, at::kLong), row};
}

}  // namespace tacit
