// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/vision_transformer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include "tacit/core/error.h"
#include "tacit/nn/initialize.h"

namespace tacit {

VisionTransformer::VisionTransformer(const VisionTransformerShape& shape, const PatchGrid& grid,
                                     int64_t channels, const Rng& rng)
    : shape_(shape), grid_(grid) {
  require<ConfigError>(
      grid.lines() % shape.cell_rows == 0 && grid.columns % shape.cell_columns == 0,
      "encoder.grid_rows = {} and encoder.grid_columns = {} must divide the {} lines and {} "
      "columns of patches",
      shape.cell_rows, shape.cell_columns, grid.lines(), grid.columns);
  require<ConfigError>(!has_cells() || shape.pooling == Pooling::mean,
                       "encoder.pooling must be \"mean\" where encoder.grid_rows or "
                       "encoder.grid_columns is above 1");
  weight_ =
      register_parameter("embedding_weight", at::empty({shape.width, channels * grid.numbers()}));
  bias_ = register_parameter("embedding_bias", at::empty({shape.width}));
  initialize(*this, rng.stream("embedding"));
  positions_ = register_buffer("positions", patch_positions(grid_, shape.width));
  for (int64_t index = 0; index < shape.depth; ++index) {
    const std::string name = text("block{}", index + 1);
    blocks_.push_back(register_module(
        name, std::make_shared<TransformerBlock>(
                  TransformerShape{shape.width, shape.heads, shape.hidden}, rng.stream(name))));
  }
  norm_ = register_module("norm", std::make_shared<LayerNorm>(shape.width));
}

Tensor VisionTransformer::embed(const Tensor& x) const {
  return at::linear(cut_patches(x, grid_), weight_, bias_) + positions_;
}

Tensor VisionTransformer::encode(const Tensor& tokens) const {
  Tensor h = tokens;
  for (const auto& block : blocks_) h = block->forward(h);
  return norm_->forward(h);
}

std::vector<int64_t> VisionTransformer::cells() const {
  return {grid_.times,
          shape_.cell_rows,
          grid_.lines() / shape_.cell_rows,
          shape_.cell_columns,
          grid_.columns / shape_.cell_columns,
          shape_.width};
}

Tensor VisionTransformer::pool_tokens(const Tensor& tokens) const {
  if (!has_cells()) return pool(tokens, shape_.pooling);
  require<ShapeError>(tokens.size(1) == grid_.count,
                      "cells are pooled of all {} tokens of a row, not of {}", grid_.count,
                      tokens.size(1));
  std::vector<int64_t> sizes = cells();
  sizes.insert(sizes.begin(), tokens.size(0));
  return tokens.reshape(sizes).mean({1, 3, 5}).flatten(1);
}

onnx::Value VisionTransformer::emit(onnx::Graph& graph, const onnx::Value& x) const {
  // The linear map of a patch is a convolution that hops by its sides.
  onnx::Ints sides{grid_.length, grid_.length};
  if (grid_.of_clip()) sides.insert(sides.begin(), grid_.frames);
  std::vector<int64_t> kernel{shape_.width, -1};
  kernel.insert(kernel.end(), sides.begin(), sides.end());
  const onnx::Value patches =  // [N, D, lines, columns], of clips times before them
      graph.add("Conv", {x, weight_.view(kernel), bias_}, {{"strides", sides}});
  const onnx::Value tokens =
      graph.add("Reshape", {patches, onnx::Ints{0, shape_.width, grid_.count}});
  onnx::Value h = graph.add(
      "Add", {graph.add("Transpose", {tokens}, {{"perm", onnx::Ints{0, 2, 1}}}), positions_});
  for (const auto& block : blocks_) h = block->emit(graph, h);
  h = norm_->emit(graph, h);  // [N, L, D]
  if (has_cells()) {
    onnx::Ints sizes{-1};
    for (const int64_t size : cells()) sizes.push_back(size);
    const onnx::Value means = graph.add("ReduceMean", {graph.add("Reshape", {h, sizes})},
                                        {{"axes", onnx::Ints{1, 3, 5}}, {"keepdims", 0}});
    return graph.add("Reshape", {means, onnx::Ints{-1, features()}});
  }
  h = graph.add("Transpose", {h}, {{"perm", onnx::Ints{0, 2, 1}}});  // [N, D, L]
  std::vector<onnx::Operand> pooled;
  emit_pool(graph, h, shape_.pooling, pooled);
  return graph.add("Concat", pooled, {{"axis", 1}});
}

std::vector<Tensor> VisionTransformer::last_block() {
  std::vector<Tensor> last = blocks_.back()->parameters();
  for (const Tensor& parameter : norm_->parameters()) last.push_back(parameter);
  return last;
}

}  // namespace tacit
