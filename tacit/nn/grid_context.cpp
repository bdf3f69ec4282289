// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/grid_context.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>

#include "tacit/core/error.h"
#include "tacit/nn/initialize.h"

namespace tacit {

GridContext::GridContext(const GridContextShape& shape, const Rng& rng) {
  for (int64_t index = 1; index <= shape.layers; ++index) {
    const auto parameter = [&](const std::string& name, at::IntArrayRef sizes) {
      return register_parameter(text("layer{}_{}", index, name), at::empty(sizes));
    };
    layers_.push_back(
        {.norm = nullptr,
         .in_weight = parameter("in_weight", {shape.width, shape.inputs}),
         .in_bias = parameter("in_bias", {shape.width}),
         .across_weight = parameter("across_weight", {shape.width, shape.width, 1, 3}),
         .across_bias = parameter("across_bias", {shape.width}),
         .down_weight = parameter("down_weight", {shape.width, shape.width, 2, 1}),
         .down_bias = parameter("down_bias", {shape.width}),
         .out_weight = parameter("out_weight", {shape.inputs, shape.width}),
         .out_bias = parameter("out_bias", {shape.inputs})});
  }
  initialize(*this, rng);
  for (size_t index = 0; index < layers_.size(); ++index)
    layers_[index].norm =
        register_module(text("layer{}_norm", index + 1), std::make_shared<LayerNorm>(shape.inputs));
}

Tensor GridContext::forward(const Tensor& z) const {
  Tensor h = z;
  for (const Layer& l : layers_) {
    const Tensor in = at::relu(at::linear(l.norm->forward(h), l.in_weight, l.in_bias));
    const Tensor across = at::relu(at::conv2d(in.permute({0, 3, 1, 2}), l.across_weight,
                                              l.across_bias, 1, at::IntArrayRef{0, 1}));
    const Tensor above = at::constant_pad_nd(across, {0, 0, 1, 0});  // a row before the first
    const Tensor down = at::relu(at::conv2d(above, l.down_weight, l.down_bias));
    h = h + at::linear(down.permute({0, 2, 3, 1}), l.out_weight, l.out_bias);
  }
  return h;
}

}  // namespace tacit
