// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/temporal_conv.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/max_pool1d.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
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

int64_t pool_width(const TemporalConvConfig& config, size_t index) {
  return config.pool_widths.empty() ? 1 : config.pool_widths[index];
}

int64_t pool_stride(const TemporalConvConfig& config, size_t index) {
  return config.pool_strides.empty() ? 1 : config.pool_strides[index];
}

/// Steps that layer `index` makes of `steps`. Throws ConfigError where there is not one.
int64_t steps_after(const TemporalConvConfig& config, const Spec& spec, size_t index,
                    int64_t steps) {
  const int64_t kernel = config.kernels[index], stride = config.strides[index];
  require<ConfigError>(
      config.padding == Padding::same || steps >= kernel,
      "encoder layer {} needs {} samples but gets {}: windows of {} samples are too short for "
      "encoder.kernels = {} with encoder.strides = {}",
      index + 1, kernel, steps, spec.shape[1], c10::IntArrayRef(config.kernels),
      c10::IntArrayRef(config.strides));
  if (config.padding == Padding::valid) steps = (steps - kernel) / stride + 1;
  const int64_t width = pool_width(config, index);
  require<ConfigError>(steps >= width,
                       "encoder layer {} takes the maximum of {} steps but has {}: windows of {} "
                       "samples are too short for encoder.pool_widths = {}",
                       index + 1, width, steps, spec.shape[1],
                       c10::IntArrayRef(config.pool_widths));
  return (steps - width) / pool_stride(config, index) + 1;
}

/// Throws ConfigError unless every layer has its sizes.
void require_layers(const TemporalConvConfig& config) {
  const size_t layers = config.filters.size();
  require<ConfigError>(
      layers > 0 && config.kernels.size() == layers && config.strides.size() == layers,
      "encoder.filters, encoder.kernels and encoder.strides must list the same number "
      "of layers, not {}, {} and {}",
      layers, config.kernels.size(), config.strides.size());
  for (const std::vector<int64_t>* pools : {&config.pool_widths, &config.pool_strides}) {
    require<ConfigError>(pools->empty() || pools->size() == layers,
                         "encoder.pool_widths and encoder.pool_strides must list {} layers like "
                         "encoder.filters, or none, not {} and {}",
                         layers, config.pool_widths.size(), config.pool_strides.size());
  }
  require<ConfigError>(
      config.padding == Padding::valid || std::ranges::max(config.strides) == 1,
      "encoder.padding = \"same\" goes with strides of 1, not encoder.strides = {}",
      c10::IntArrayRef(config.strides));
}

}  // namespace

TemporalConv::TemporalConv(const TemporalConvConfig& config, const Spec& spec, const Rng& rng)
    : config_(config) {
  require_layers(config);
  const size_t layers = config.filters.size();
  int64_t channels = spec.shape.at(0), steps = spec.shape.at(1);
  for (size_t index = 0; index < layers; ++index) {
    steps = steps_after(config, spec, index, steps);
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

/// Layer `index` as the kernels know it, without dropout.
kernels::ConvLayer TemporalConv::layer(size_t index) const {
  return {.weight = layers_[index].weight,
          .bias = layers_[index].bias,
          .stride = config_.strides[index],
          .same = config_.padding == Padding::same,
          .negative_slope = config_.negative_slope,
          .pool_width = pool_width(config_, index),
          .pool_stride = pool_stride(config_, index)};
}

/// The layers first … end - 1 without normalisation: [N, T, C] -> [N, T', O], or the largest value
/// over time, [N, O].
Tensor TemporalConv::chain(const Tensor& x, size_t first, size_t end, bool global_max) {
  const double dropout = is_training() ? config_.dropout : 0;
  std::vector<kernels::ConvLayer> layers;
  for (size_t index = first; index < end; ++index) {
    layers.push_back(layer(index));
    layers.back().dropout = dropout;
  }
  return kernels::conv_chain(x, layers, global_max, dropout > 0 ? next_seed() : 0,
                             &layers_[first].cache);
}

/// The same of one layer with batch normalisation.
Tensor TemporalConv::normalized(const Tensor& x, size_t index) {
  Layer& l = layers_[index];
  kernels::ConvLayer linear = layer(index);
  linear.negative_slope = 1;
  linear.pool_width = linear.pool_stride = 1;
  // For batch normalisation, a sequence with channels last is an image one pixel high. (Of one that
  // is one pixel wide, LibTorch takes the strides for unordered, and ten times as long.)
  const Tensor image = kernels::conv_chain(x, {linear}, false, 0, &l.cache).transpose(1, 2);
  const Tensor normal =
      at::batch_norm(image.unsqueeze(2), l.gain, l.shift, l.running_mean, l.running_var,
                     is_training(), kMomentum, kEpsilon, /*cudnn=*/false)
          .squeeze(2)
          .transpose(1, 2);
  Tensor h = config_.negative_slope == 0 ? at::relu(normal)
                                         : at::leaky_relu(normal, config_.negative_slope);
  if (is_training() && config_.dropout > 0) h = kernels::dropout(h, config_.dropout, next_seed());
  const int64_t width = pool_width(config_, index), stride = pool_stride(config_, index);
  if (width == 1 && stride == 1) return h;
  return at::max_pool1d(h.transpose(1, 2), width, stride).transpose(1, 2).contiguous();
}

onnx::Value TemporalConv::emit(onnx::Graph& graph, const onnx::Value& x) const {
  onnx::Value h = x;  // [batch, C, T] throughout
  std::vector<onnx::Operand> pooled;
  for (size_t index = 0; index < layers_.size(); ++index) {
    const Layer& l = layers_[index];
    const kernels::ConvLayer sizes = layer(index);
    const int64_t around = sizes.same ? config_.kernels[index] - 1 : 0;
    h = graph.add("Conv", {h, l.weight, l.bias},
                  {{"strides", onnx::Ints{sizes.stride}},
                   {"pads", onnx::Ints{around / 2, around - around / 2}}});
    if (config_.normalization == LayerNormalization::batch)
      h = graph.add("BatchNormalization", {h, l.gain, l.shift, l.running_mean, l.running_var},
                    {{"epsilon", kEpsilon}});
    h = config_.negative_slope == 0
            ? graph.add("Relu", {h})
            : graph.add("LeakyRelu", {h}, {{"alpha", config_.negative_slope}});
    if (sizes.pool_width > 1 || sizes.pool_stride > 1)
      h = graph.add("MaxPool", {h},
                    {{"kernel_shape", onnx::Ints{sizes.pool_width}},
                     {"strides", onnx::Ints{sizes.pool_stride}}});
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
