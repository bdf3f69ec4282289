// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <vector>

#include "tacit/core/rng.h"
#include "tacit/data/dataset.h"

namespace tacit {

/// Clips in -1 … 1 of a bright square on a darker ground of 4 x 4 tiles, each of a colour of its
/// own, with noise. The square goes to the right, through about half the picture, from a place of
/// its own on the left, and grows on its way from 2 to 5 pixels; of class 0 it also falls, of class
/// 1 it rises.
class MovingSquares final : public Dataset {
 public:
  explicit MovingSquares(int64_t rows, int64_t frames = 8, int64_t size = 16, uint64_t seed = 1)
      : spec_{Modality::video, {3, frames, size, size}, 10, {"red", "green", "blue"}},
        x_(at::empty({rows, 3, frames, size, size})) {
    Rng rng(seed);
    float* out = x_.mutable_data_ptr<float>();
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t label = row % 2;
      y_.push_back(label);
      const auto side = static_cast<double>(size - 5);
      const double speed = rng.uniform(0.8, 1) * 0.6 * side / static_cast<double>(frames);
      const double left = rng.uniform(0, 0.4 * side), top = rng.uniform(0.3, 0.7) * side;
      const double fall = (label == 0 ? 0.5 : -0.5) * speed;
      std::vector<double> tiles(3 * 16);
      for (double& tile : tiles) tile = rng.uniform(-0.8, 0.2);
      for (int64_t channel = 0; channel < 3; ++channel)
        for (int64_t frame = 0; frame < frames; ++frame)
          for (int64_t y = 0; y < size; ++y)
            for (int64_t x = 0; x < size; ++x) {
              const auto time = static_cast<double>(frame);
              const double across = static_cast<double>(x) - left - speed * time;
              const double down = static_cast<double>(y) - top - fall * time;
              const double edge = 2 + 3 * time / static_cast<double>(frames);
              const bool inside = across >= 0 && across < edge && down >= 0 && down < edge;
              const int64_t tile = 16 * channel + 4 * (4 * y / size) + 4 * x / size;
              const double ground = tiles[static_cast<size_t>(tile)];
              *out++ = static_cast<float>((inside ? 0.8 : ground) + rng.normal(0, 0.02));
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
