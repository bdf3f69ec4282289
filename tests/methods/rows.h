// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "tacit/core/rng.h"
#include "tacit/data/dataset.h"

namespace tacit {

/// Encoded rows of a table whose five columns tell of each other: of class 0 things are small,
/// light and of shade 2 or 3, of class 1 large, heavy and of shade 4 or 5. Every seventh row lacks
/// its weight, every eleventh its shade. The hour is one column of two fields.
class TableRows final : public Dataset {
 public:
  explicit TableRows(int64_t rows, uint64_t seed = 1)
      : spec_{Modality::table,
              {6},
              0,
              {"size", "weight", "shade", "kind", "hour"},
              {{"size", "size"},
               {"weight", "weight"},
               {"shade", "shade", 6},
               {"kind", "kind", 4},
               {"hour/sin", "hour"},
               {"hour/cos", "hour"}}},
        x_(at::empty({rows, 6})) {
    Rng rng(seed);
    float* out = x_.mutable_data_ptr<float>();
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t kind = row % 2;
      y_.push_back(kind);
      const double size = rng.normal(kind == 0 ? -1 : 1, 0.4), weight = size + rng.normal(0, 0.1);
      const double hour = 2 * std::numbers::pi * (rng.uniform(0, 0.25) + (kind == 0 ? 0 : 0.5));
      const bool is_dark = rng.below(2) == 1;
      *out++ = static_cast<float>(size);
      *out++ = row % 7 == 6 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(weight);
      *out++ = row % 11 == 10 ? 0 : static_cast<float>(2 + 2 * kind + (is_dark ? 1 : 0));
      *out++ = static_cast<float>(2 + kind);
      *out++ = static_cast<float>(std::sin(hour));
      *out++ = static_cast<float>(std::cos(hour));
    }
  }
  const Spec& spec() const override { return spec_; }
  int64_t size() const override { return x_.size(0); }
  Batch read(std::span<const int64_t> rows) const override {
    const Tensor wanted = at::tensor(std::vector<int64_t>(rows.begin(), rows.end()), at::kLong);
    return {x_.index_select(0, wanted), at::tensor(y_, at::kLong).index_select(0, wanted), wanted};
  }

 private:
  Spec spec_;
  Tensor x_;
  std::vector<int64_t> y_;
};

/// All rows of a data set.
inline Batch all_of(const Dataset& data) {
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < data.size(); ++row) rows.push_back(row);
  return data.read(rows);
}

}  // namespace tacit
