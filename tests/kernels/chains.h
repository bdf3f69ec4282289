// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <vector>

#include "tacit/kernels/conv_chain.h"

/// Chains of convolutions to test, and what is compared of them.
namespace tacit::kernels {

using at::Tensor;
using Chain = Tensor (*)(const Tensor&, const std::vector<ConvLayer>&, bool, uint64_t);

inline Tensor fast(const Tensor& x, const std::vector<ConvLayer>& layers, bool global_max,
                   uint64_t seed) {
  return conv_chain(x, layers, global_max, seed);
}

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// A layer without its tensors.
struct Shape {
  int64_t outputs, width, stride = 1;
  bool same = false;
  double slope = 0, dropout = 0;
  int64_t pool_width = 1, pool_stride = 1;
};

struct Case {
  int64_t windows, time, channels;
  std::vector<Shape> layers;
};

inline void PrintTo(const Case& c, std::ostream* out) {
  *out << "N" << c.windows << " T" << c.time << " C" << c.channels;
  for (const Shape& l : c.layers) {
    *out << " | O" << l.outputs << " k" << l.width << " s" << l.stride << (l.same ? " same" : "")
         << " slope " << l.slope << " drop " << l.dropout << " pool " << l.pool_width << "/"
         << l.pool_stride;
  }
}

/// x, then weight and bias of each layer, reproducible, all wanting gradients.
inline std::vector<Tensor> inputs(const Case& c) {
  at::Generator generator = at::detail::createCPUGenerator(7);
  std::vector<Tensor> made = {at::randn({c.windows, c.time, c.channels}, generator)};
  int64_t channels = c.channels;
  for (const Shape& layer : c.layers) {
    made.push_back(at::randn({layer.outputs, channels, layer.width}, generator) /
                   std::sqrt(static_cast<double>(channels * layer.width)));
    made.push_back(at::randn({layer.outputs}, generator) * 0.3);
    channels = layer.outputs;
  }
  for (Tensor& tensor : made) tensor.requires_grad_();
  return made;
}

inline std::vector<ConvLayer> layers(const Case& c, const std::vector<Tensor>& in) {
  std::vector<ConvLayer> made;
  for (const Shape& l : c.layers) {
    const size_t at = 1 + 2 * made.size();
    made.push_back(
        {in[at], in[at + 1], l.stride, l.same, l.slope, l.dropout, l.pool_width, l.pool_stride});
  }
  return made;
}

inline std::vector<Tensor> as_double(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> made;
  for (const Tensor& tensor : tensors) {
    made.push_back(tensor.detach().to(at::kDouble).requires_grad_());
  }
  return made;
}

/// The value and the gradients of x, weights and biases for a fixed random gradient of the value.
inline std::vector<Tensor> value_and_gradients(Chain chain, const Case& c,
                                               const std::vector<Tensor>& in, bool global_max) {
  const Tensor y = chain(in[0], layers(c, in), global_max, 11);
  at::Generator generator = at::detail::createCPUGenerator(8);
  const Tensor gradient = at::randn(y.sizes(), generator).to(y.scalar_type());
  std::vector<Tensor> found = torch::autograd::grad({y}, in, {gradient});
  found.insert(found.begin(), y.detach());
  return found;
}

/// Largest difference, as a fraction of the largest value.
inline double relative_error(const Tensor& found, const Tensor& expected) {
  const double scale = expected.abs().max().item<double>();
  const double difference = (found.to(at::kDouble) - expected).abs().max().item<double>();
  return difference / (scale > 0 ? scale : 1);
}

}  // namespace tacit::kernels
