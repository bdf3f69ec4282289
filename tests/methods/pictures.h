// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <cmath>
#include <vector>

#include "tacit/core/rng.h"
#include "tacit/data/dataset.h"

namespace tacit {

/// Square pictures in -1 … 1 in which up is up: a sky brighter than the ground, of class 0 with a
/// red bar standing on it, of class 1 with a blue one lying, each at a place of its own, and noise.
class Pictures final : public Dataset {
 public:
  explicit Pictures(int64_t rows, int64_t size = 16, uint64_t seed = 1)
      : spec_{Modality::image, {3, size, size}, 0, {"red", "green", "blue"}},
        x_(at::empty({rows, 3, size, size})) {
    Rng rng(seed);
    float* out = x_.mutable_data_ptr<float>();
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t label = row % 2, thick = size / 8, from = rng.below(size / 2);
      y_.push_back(label);
      for (int64_t channel = 0; channel < 3; ++channel)
        for (int64_t top = 0; top < size; ++top)
          for (int64_t left = 0; left < size; ++left) {
            const int64_t along = label == 0 ? top - size / 4 : left - from;
            const int64_t across = label == 0 ? left - from : top - size / 2;
            const bool bar = along >= 0 && along < size / 2 && across >= 0 && across < thick;
            double value = 0.5 - static_cast<double>(top) / static_cast<double>(size);
            if (bar) value = channel == 2 * label ? 0.9 : -0.9;
            *out++ = static_cast<float>(value + rng.normal(0, 0.02));
          }
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

}  // namespace tacit
