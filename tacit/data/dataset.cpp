// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/dataset.h"

#include "tacit/core/error.h"

namespace tacit {

Subset::Subset(const Dataset& source, std::vector<int64_t> rows)
    : source_(source), rows_(std::move(rows)) {
  for (const int64_t row : rows_)
    require<ShapeError>(row >= 0 && row < source_.size(),
                        "subset: row {} is asked for, but the data set has rows 0 … {}", row,
                        source_.size() - 1);
}

std::vector<int64_t> Subset::of(std::span<const int64_t> rows) const {
  std::vector<int64_t> wanted;
  wanted.reserve(rows.size());
  for (const int64_t row : rows) {
    require<ShapeError>(row >= 0 && row < size(),
                        "subset: row {} is asked for, but it has rows 0 … {}", row, size() - 1);
    wanted.push_back(rows_[static_cast<size_t>(row)]);
  }
  return wanted;
}

}  // namespace tacit
