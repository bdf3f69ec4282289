// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/projector.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>

#include "tacit/core/error.h"
#include "tacit/dist/rows.h"
#include "tacit/nn/initialize.h"

namespace tacit {
namespace {

constexpr double kEpsilon = 1e-5;

/// Mean 0 and deviation 1 over the rows of all processes.
Tensor standardize(const Tensor& x, const Communicator& world) {
  const Tensor centred = x - mean_over_rows(x, world);
  return centred / (mean_over_rows(centred.square(), world) + kEpsilon).sqrt();
}

}  // namespace

Projector::Projector(int64_t features, const std::vector<int64_t>& widths,
                     ProjectorNormalization normalization, const Rng& rng) {
  const bool normalized = normalization == ProjectorNormalization::batch;
  for (const int64_t width : widths) {
    const std::string name = text("dense{}_", layers_.size() + 1);
    Layer& layer = layers_.emplace_back();
    layer.weight = register_parameter(name + "weight", at::empty({width, features}));
    if (!normalized) layer.bias = register_parameter(name + "bias", at::empty({width}));
    features = width;
  }
  initialize(*this, rng);
  for (size_t index = 0; normalized && index + 1 < layers_.size(); ++index) {
    const std::string name = text("norm{}_", index + 1);
    layers_[index].gain = register_parameter(name + "gain", at::ones({widths[index]}));
    layers_[index].shift = register_parameter(name + "shift", at::zeros({widths[index]}));
  }
}

Tensor Projector::forward(const Tensor& x, const Communicator& world) const {
  Tensor h = x;
  for (size_t index = 0; index < layers_.size(); ++index) {
    const Layer& layer = layers_[index];
    if (index > 0) h = at::relu(h);
    h = at::linear(h, layer.weight, layer.bias);
    if (layer.gain.defined()) h = standardize(h, world) * layer.gain + layer.shift;
  }
  return h;
}

}  // namespace tacit
