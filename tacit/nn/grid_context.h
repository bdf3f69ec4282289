// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <memory>
#include <vector>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"
#include "tacit/nn/transformer.h"

namespace tacit {

/// What sums up a grid of vectors from its first row down to each place.
struct GridContextShape {
  int64_t inputs;  ///< D, numbers of each vector
  int64_t width;   ///< H, numbers inside a layer
  int64_t layers;
};

/// Masked convolutions over a grid, as the context network of Hénaff et al. 2020, "Data-Efficient
/// Image Recognition with Contrastive Predictive Coding", arXiv:1905.09272, appendix A: each layer
/// adds to what came in a dense layer, a convolution over three neighbours of a row, one over this
/// row and the row above it, and a dense layer back, with ReLU between. With it, a place depends on
/// the rows down to its own and on none below, and sees one more row and one more column to each
/// side a layer.
///
/// Differs from the paper: each place is normalised over its channels before each layer, where the
/// authors' listing normalises over the batch, which lets other places shine through.
class GridContext final : public torch::nn::Module {
 public:
  GridContext(const GridContextShape& shape, const Rng& rng);
  /// z: [N, R, K, D] -> [N, R, K, D], for any R and K.
  Tensor forward(const Tensor& z) const;

 private:
  struct Layer {
    std::shared_ptr<LayerNorm> norm;
    Tensor in_weight, in_bias;          // [H, D], [H]
    Tensor across_weight, across_bias;  // [H, H, 1, 3], [H]
    Tensor down_weight, down_bias;      // [H, H, 2, 1], [H]
    Tensor out_weight, out_bias;        // [D, H], [D]
  };
  std::vector<Layer> layers_;
};

}  // namespace tacit
