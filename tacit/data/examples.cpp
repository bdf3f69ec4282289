// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/examples.h"

#include <ATen/ops/tensor.h>

#include <cmath>

namespace tacit {

bool has_label(const Examples& examples, int64_t row) {
  if (examples.target() == Target::number) return !std::isnan(examples.number(row));
  return examples.label(row) >= 0;
}

Tensor labels_of(const Examples& examples, std::span<const int64_t> rows) {
  if (examples.target() == Target::number) {
    std::vector<float> y;
    y.reserve(rows.size());
    for (const int64_t row : rows) y.push_back(examples.number(row));
    return at::tensor(y, at::kFloat);
  }
  std::vector<int64_t> y;
  y.reserve(rows.size());
  for (const int64_t row : rows) y.push_back(examples.label(row));
  return at::tensor(y, at::kLong);
}

}  // namespace tacit
