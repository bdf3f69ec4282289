// SPDX-License-Identifier: Apache-2.0
#include "tacit/kernels/conv_plan.h"

#include <cmath>

#include "tacit/core/error.h"

namespace tacit::kernels {

using at::Tensor;

LayerPlan::LayerPlan(const ConvLayer& layer, int64_t rows)
    : filters{layer.weight.size(0), layer.weight.size(1), layer.weight.size(2), layer.stride},
      time(rows),
      front(layer.same ? (filters.width - 1) / 2 : 0),
      padded(layer.same ? rows + filters.width - 1 : rows),
      steps((padded - filters.width) / filters.stride + 1),
      results((steps - layer.pool_width) / layer.pool_stride + 1),
      pool_width(layer.pool_width),
      pool_stride(layer.pool_stride) {
  activation.slope = static_cast<float>(layer.negative_slope);
  activation.threshold = static_cast<uint32_t>(std::ldexp(layer.dropout, 32));
  activation.scale = static_cast<float>(1 / (1 - layer.dropout));
  activation.slope_at_zero = layer.dropout > 0 ? 0 : activation.slope;
}

void require_shapes(const Tensor& x, const std::vector<ConvLayer>& layers) {
  require<ShapeError>(x.dim() == 3, "conv_chain: x must be [N, T, C] but is {}", x.sizes());
  require<ShapeError>(!layers.empty(), "conv_chain: there are no layers");
  int64_t rows = x.size(1), channels = x.size(2);
  for (const ConvLayer& layer : layers) {
    const Tensor& weight = layer.weight;
    require<ShapeError>(weight.dim() == 3 && weight.size(0) > 0 && weight.size(2) > 0,
                        "conv_chain: weight must be [O, C, k] but is {}", weight.sizes());
    require<ShapeError>(channels == weight.size(1) && channels > 0,
                        "conv_chain: weight {} must have the {} channels of its input: it is "
                        "[O, C, k]",
                        weight.sizes(), channels);
    require<ShapeError>(layer.bias.dim() == 1 && layer.bias.size(0) == weight.size(0),
                        "conv_chain: bias must be [O = {}] but is {}", weight.size(0),
                        layer.bias.sizes());
    require<ShapeError>(layer.stride >= 1, "conv_chain: stride must be at least 1 but is {}",
                        layer.stride);
    require<ShapeError>(!layer.same || layer.stride == 1,
                        "conv_chain: same padding goes with stride 1, not {}", layer.stride);
    require<ShapeError>(layer.same || rows >= weight.size(2),
                        "conv_chain: the sequence has {} time steps, fewer than the kernel's {}; "
                        "use longer windows or a narrower kernel",
                        rows, weight.size(2));
    require<ShapeError>(rows >= 1, "conv_chain: the sequence is empty");
    require<ConfigError>(layer.dropout >= 0 && layer.dropout < 1,
                         "conv_chain: dropout {} is not in 0 … 1", layer.dropout);
    require<ShapeError>(layer.pool_width >= 1 && layer.pool_width <= 255 && layer.pool_stride >= 1,
                        "conv_chain: pool_width {} is not in 1 … 255 or pool_stride {} not at "
                        "least 1",
                        layer.pool_width, layer.pool_stride);
    const LayerPlan sizes(layer, rows);
    require<ShapeError>(sizes.steps >= layer.pool_width,
                        "conv_chain: {} steps are fewer than the {} of a maximum", sizes.steps,
                        layer.pool_width);
    rows = sizes.results;
    channels = weight.size(0);
  }
}

std::vector<LayerPlan> plan_layers(int64_t rows, const std::vector<ConvLayer>& layers) {
  std::vector<LayerPlan> plan;
  for (const ConvLayer& layer : layers) rows = plan.emplace_back(layer, rows).results;
  return plan;
}

Rows input_rows(const LayerPlan& layer) {
  return {layer.front, layer.time, layer.padded - layer.front - layer.time + kOverread,
          layer.filters.channels};
}

}  // namespace tacit::kernels
