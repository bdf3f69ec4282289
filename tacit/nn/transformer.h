// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <cstdint>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"
#include "tacit/onnx/graph.h"

namespace tacit {

/// Each vector to mean 0 and deviation 1 over its own D numbers, then scaled and shifted by learned
/// numbers. Ba, Kiros & Hinton 2016, arXiv:1607.06450.
class LayerNorm final : public torch::nn::Module {
 public:
  explicit LayerNorm(int64_t width);
  /// x: [*, D] -> [*, D].
  Tensor forward(const Tensor& x) const;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const;

 private:
  Tensor gain_, shift_;  // [D]
};

/// The size of a transformer block.
struct TransformerShape {
  int64_t width;   ///< D, a multiple of heads
  int64_t heads;   ///< of attention, each D / heads wide
  int64_t hidden;  ///< width of the dense layer
};

/// Self-attention, then two dense layers with GELU between, each on normalised tokens and added to
/// what came in (pre-norm): Vaswani et al. 2017, arXiv:1706.03762; Xiong et al. 2020,
/// arXiv:2002.04745 (pre-norm); Dosovitskiy et al. 2021, arXiv:2010.11929, equations 2 and 3.
class TransformerBlock final : public torch::nn::Module {
 public:
  /// Throws ConfigError unless heads divide width.
  TransformerBlock(const TransformerShape& shape, const Rng& rng);
  /// x: [N, L, D] -> [N, L, D], for any number L of tokens.
  Tensor forward(const Tensor& x) const;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const;

 private:
  Tensor attend(const Tensor& x) const;
  onnx::Value emit_attend(onnx::Graph& graph, const onnx::Value& x) const;

  int64_t heads_;
  Tensor attention_weight_, attention_bias_;  // [3 D, D], [3 D]: queries, keys, values
  Tensor merge_weight_, merge_bias_;          // [D, D], [D]
  Tensor hidden_weight_, hidden_bias_;        // [H, D], [H]
  Tensor output_weight_, output_bias_;        // [D, H], [D]
  std::shared_ptr<LayerNorm> before_attention_, before_dense_;
};

/// Fixed sines and cosines of the position, [L, D], which tell tokens apart: Vaswani et al. 2017,
/// section 3.5.
Tensor sinusoidal_positions(int64_t count, int64_t width);

}  // namespace tacit
