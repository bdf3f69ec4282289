// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/temporal_conv.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>

#include <mutex>
#include <numeric>

#include "tacit/kernels/conv_chain.h"
#include "tacit/kernels/dropout.h"
#include "tacit/nn/initialize.h"
#include "tacit/onnx/graph.h"

namespace tacit {
namespace {

constexpr double kMomentum = 0.1;  // of batch statistics, PyTorch's default
constexpr double kEpsilon = 1e-5;

/// 64 bits of LibTorch's generator, which training seeds before each step.
uint64_t next_seed() {
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  const std::lock_guard<std::mutex> lock(generator.mutex());
  return at::check_generator<at::CPUGeneratorImpl>(generator)->random64();
}

}  // namespace

TemporalConv::TemporalConv(const TemporalConvConfig& config, const Spec& spec, const Rng& rng)
    : config_(config) {
  const size_t layers = config.filters.size();
  require<ConfigError>(
      layers > 0 && config.kernels.size() == layers && config.strides.size() == layers,
      "encoder.filters, encoder.kernels and encoder.strides must list the same number "
      "of layers, not {}, {} and {}",
      layers, config.kernels.size(), config.strides.size());
  int64_t channels = spec.shape.at(0), steps = spec.shape.at(1);
  for (size_t index = 0; index < layers; ++index) {
    require<ConfigError>(
        steps >= config.kernels[index],
        "encoder layer {} needs {} samples but gets {}: windows of {} samples are too "
        "short for encoder.kernels = {} with encoder.strides = {}",
        index + 1, config.kernels[index], steps, spec.shape[1], c10::IntArrayRef(config.kernels),
        c10::IntArrayRef(config.strides));
    steps = (steps - config.kernels[index]) / config.strides[index] + 1;
    const std::string name = text("conv{}_", index + 1);
    const int64_t outputs = config.filters[index];
    Layer& layer = layers_.emplace_back();
    layer.weight =
        register_parameter(name + "weight", at::empty({outputs, channels, config.kernels[index]}));
    layer.bias = register_parameter(name + "bias", at::empty({outputs}));
    channels = outputs;
  }
  initialize(*this, rng);
  if (config.normalization == LayerNormalization::none) return;
  for (size_t index = 0; index < layers; ++index) {
    const std::string name = text("norm{}_", index + 1);
    Layer& layer = layers_[index];
    const int64_t outputs = config.filters[index];
    layer.gain = register_parameter(name + "gain", at::ones({outputs}));
    layer.shift = register_parameter(name + "shift", at::zeros({outputs}));
    layer.running_mean = register_buffer(name + "running_mean", at::zeros({outputs}));
    layer.running_var = register_buffer(name + "running_var", at::ones({outputs}));
  }
}

Tensor TemporalConv::forward(const Tensor& x) {
  Tensor h = x.transpose(1, 2).contiguous();  // [N, T, C]
  if (config_.normalization == LayerNormalization::none &&
      config_.pooled_layers == PooledLayers::last) {
    const bool largest = config_.pooling == Pooling::max;
    h = chain(h, 0, layers_.size(), largest);
    return largest ? h : pool(h, config_.pooling);
  }
  std::vector<Tensor> pooled;
  for (size_t index = 0; index < layers_.size(); ++index) {
    h = config_.normalization == LayerNormalization::none ? chain(h, index, index + 1, false)
                                                          : normalized(h, index);
    if (config_.pooled_layers == PooledLayers::all || index + 1 == layers_.size())
      pooled.push_back(pool(h, config_.pooling));
  }
  return at::cat(pooled, 1);
}

/// The layers first … end - 1 without normalisation: [N, T, C] -> [N, T', O], or the largest value
/// over time, [N, O].
Tensor TemporalConv::chain(const Tensor& x, size_t first, size_t end, bool global_max) {
  const double dropout = is_training() ? config_.dropout : 0;
  std::vector<kernels::ConvLayer> layers;
  for (size_t index = first; index < end; ++index) {
    layers.push_back({.weight = layers_[index].weight,
                      .bias = layers_[index].bias,
                      .stride = config_.strides[index],
                      .dropout = dropout});
  }
  return kernels::conv_chain(x, layers, global_max, dropout > 0 ? next_seed() : 0,
                             &layers_[first].cache);
}

/// One convolution with batch normalisation, ReLU and dropout: [N, T, C] -> [N, T', O].
Tensor TemporalConv::normalized(const Tensor& x, size_t index) {
  Layer& l = layers_[index];
  const kernels::ConvLayer linear{
      .weight = l.weight, .bias = l.bias, .stride = config_.strides[index], .negative_slope = 1};
  // A sequence with channels last is, for batch normalisation, an image that is one pixel wide.
  const Tensor image =
      kernels::conv_chain(x, {linear}, false, 0, &l.cache).transpose(1, 2).unsqueeze(3);
  const Tensor activated =
      at::relu(at::batch_norm(image, l.gain, l.shift, l.running_mean, l.running_var, is_training(),
                              kMomentum, kEpsilon, /*cudnn=*/false))
          .squeeze(3)
          .transpose(1, 2);
  const bool drops = is_training() && config_.dropout > 0;
  return drops ? kernels::dropout(activated, config_.dropout, next_seed()) : activated;
}

onnx::Value TemporalConv::emit(onnx::Graph& graph, const onnx::Value& x) const {
  onnx::Value h = x;  // [batch, C, T] throughout
  std::vector<onnx::Operand> pooled;
  for (size_t index = 0; index < layers_.size(); ++index) {
    const Layer& l = layers_[index];
    h = graph.add("Conv", {h, l.weight, l.bias}, {{"strides", onnx::Ints{config_.strides[index]}}});
    if (config_.normalization == LayerNormalization::batch)
      h = graph.add("BatchNormalization", {h, l.gain, l.shift, l.running_mean, l.running_var},
                    {{"epsilon", kEpsilon}});
    h = graph.add("Relu", {h});
    if (config_.pooled_layers == PooledLayers::all || index + 1 == layers_.size())
      emit_pool(graph, h, config_.pooling, pooled);
  }
  return graph.add("Concat", pooled, {{"axis", 1}});
}

int64_t TemporalConv::features() const {
  const std::vector<int64_t>& filters = config_.filters;
  const int64_t width = config_.pooled_layers == PooledLayers::last
                            ? filters.back()
                            : std::accumulate(filters.begin(), filters.end(), int64_t{0});
  return width * statistics(config_.pooling);
}

std::vector<Tensor> TemporalConv::last_block() {
  const Layer& last = layers_.back();
  std::vector<Tensor> block{last.weight, last.bias};
  if (last.gain.defined()) block.insert(block.end(), {last.gain, last.shift});
  return block;
}

}  // namespace tacit
