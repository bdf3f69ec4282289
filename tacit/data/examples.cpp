// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/examples.h"

#include <ATen/ops/tensor.h>

namespace tacit {

Tensor labels_of(const Examples& examples, std::span<const int64_t> rows) {
  std::vector<int64_t> y;
  y.reserve(rows.size());
  for (const int64_t row : rows) y.push_back(examples.label(row));
  return at::tensor(y, at::kLong);
}

}  // namespace tacit
