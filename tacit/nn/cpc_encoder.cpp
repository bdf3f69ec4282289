// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/cpc_encoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/scalar_tensor.h>

#include "tacit/nn/initialize.h"
#include "tacit/nn/pooling.h"
#include "tacit/onnx/graph.h"

namespace tacit {
namespace {

/// The statistics of a pooling that has some.
Pooling statistics_of(SequencePooling pooling) {
  switch (pooling) {
    case SequencePooling::mean: return Pooling::mean;
    case SequencePooling::max: return Pooling::max;
    case SequencePooling::max_mean: return Pooling::max_mean;
    case SequencePooling::max_mean_std: return Pooling::max_mean_std;
    case SequencePooling::last: break;
  }
  throw ConfigError("unknown pooling");
}

/// [N, S, D] -> [N, D times the number of statistics].
Tensor pooled(const Tensor& h, SequencePooling pooling) {
  return pooling == SequencePooling::last ? h.select(1, -1) : pool(h, statistics_of(pooling));
}

/// The same in a graph, for h: [batch, S, D]: each statistic at the end of `all`.
void emit_pooled(onnx::Graph& graph, const onnx::Value& h, SequencePooling pooling,
                 std::vector<onnx::Operand>& all) {
  if (pooling == SequencePooling::last)
    all.push_back(graph.add("Gather", {h, at::scalar_tensor(-1, at::kLong)}, {{"axis", 1}}));
  else
    emit_pool(graph, graph.add("Transpose", {h}, {{"perm", onnx::Ints{0, 2, 1}}}),
              statistics_of(pooling), all);
}

}  // namespace

CpcEncoder::CpcEncoder(const CpcEncoderConfig& config, const Spec& spec, const Rng& rng)
    : config_(config), samples_(spec.shape.at(1)) {
  const size_t layers = config.filters.size();
  require<ConfigError>(
      layers > 0 && config.kernels.size() == layers && config.strides.size() == layers,
      "encoder.filters, encoder.kernels and encoder.strides must list the same number of layers, "
      "not {}, {} and {}",
      layers, config.kernels.size(), config.strides.size());
  if (config.mel.bands > 0)
    mel_ = register_module("mel", std::make_shared<MelSpectrum>(config.mel, spec));
  require<ConfigError>(frame_count(samples_) > 0,
                       "windows of {} samples are too short for a frame, which takes {} with "
                       "encoder.kernels = {} and encoder.strides = {}; lengthen the windows or "
                       "lower these",
                       samples_, sample_count(1), c10::IntArrayRef(config.kernels),
                       c10::IntArrayRef(config.strides));
  int64_t channels = mel_ ? mel_->channels() : spec.shape[0];
  for (size_t index = 0; index < layers; ++index) {
    const std::string name = text("conv{}_", index + 1);
    const int64_t outputs = config.filters[index];
    layers_.push_back(
        {register_parameter(name + "weight", at::empty({outputs, channels, config.kernels[index]})),
         register_parameter(name + "bias", at::empty({outputs})), nullptr});
    channels = outputs;
  }
  initialize(*this, rng);
  for (size_t index = 0; index < layers; ++index)
    layers_[index].norm = register_module(text("norm{}", index + 1),
                                          std::make_shared<LayerNorm>(config.filters[index]));
  context_ = register_module(
      "context",
      make_causal_context(config.context, channels, frame_count(samples_), rng.stream("context")));
}

Tensor CpcEncoder::frames(const Tensor& x) {
  const Tensor seen = mel_ ? mel_->forward(x) : x;
  Tensor h = seen.transpose(1, 2).contiguous();  // [N, T, C]
  for (size_t index = 0; index < layers_.size(); ++index) {
    Layer& l = layers_[index];
    const kernels::ConvLayer linear{
        .weight = l.weight, .bias = l.bias, .stride = config_.strides[index], .negative_slope = 1};
    h = l.norm->forward(kernels::conv_chain(h, {linear}, /*global_max=*/false, 0, &l.cache));
    h.relu_();
  }
  return h;
}

Tensor CpcEncoder::forward(const Tensor& x) {
  const Tensor z = frames(x);
  std::vector<Tensor> all;
  if (pools_context()) all.push_back(pooled(contexts(z), config_.pooling));
  if (pools_frames()) all.push_back(pooled(z, config_.pooling));
  return at::cat(all, 1);
}

int64_t CpcEncoder::frame_count(int64_t samples) const {
  if (mel_) samples = mel_->frame_count(samples);
  for (size_t index = 0; index < config_.kernels.size(); ++index) {
    if (samples < config_.kernels[index]) return 0;
    samples = (samples - config_.kernels[index]) / config_.strides[index] + 1;
  }
  return samples;
}

int64_t CpcEncoder::sample_count(int64_t frames) const {
  for (size_t index = config_.kernels.size(); index-- > 0;)
    frames = (frames - 1) * config_.strides[index] + config_.kernels[index];
  return mel_ ? mel_->sample_count(frames) : frames;
}

onnx::Value CpcEncoder::emit(onnx::Graph& graph, const onnx::Value& x) const {
  const auto transposed = [&](const onnx::Value& h) {
    return graph.add("Transpose", {h}, {{"perm", onnx::Ints{0, 2, 1}}});
  };
  onnx::Value h = mel_ ? mel_->emit(graph, x) : x;  // [batch, C, T], then [batch, S, D]
  for (size_t index = 0; index < layers_.size(); ++index) {
    const Layer& l = layers_[index];
    h = graph.add("Conv", {index == 0 ? h : transposed(h), l.weight, l.bias},
                  {{"strides", onnx::Ints{config_.strides[index]}}});
    h = graph.add("Relu", {l.norm->emit(graph, transposed(h))});
  }
  std::vector<onnx::Operand> all;
  if (pools_context()) emit_pooled(graph, context_->emit(graph, h), config_.pooling, all);
  if (pools_frames()) emit_pooled(graph, h, config_.pooling, all);
  return graph.add("Concat", all, {{"axis", 1}});
}

int64_t CpcEncoder::features() const {
  const int64_t width =
      (pools_context() ? context_width() : 0) + (pools_frames() ? frame_width() : 0);
  return config_.pooling == SequencePooling::last
             ? width
             : width * statistics(statistics_of(config_.pooling));
}

std::vector<Tensor> CpcEncoder::last_block() {
  if (pools_context()) return context_->last_block();
  std::vector<Tensor> last{layers_.back().weight, layers_.back().bias};
  for (const Tensor& parameter : layers_.back().norm->parameters()) last.push_back(parameter);
  return last;
}

}  // namespace tacit
