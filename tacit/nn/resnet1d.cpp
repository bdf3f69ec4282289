// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/resnet1d.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>

#include "tacit/nn/initialize.h"

namespace tacit {
namespace {

constexpr double kMomentum = 0.1;  // of batch statistics, PyTorch's default
constexpr double kEpsilon = 1e-5;

struct ConvShape {
  int64_t inputs, outputs, kernel, stride;
};

}  // namespace

class NormedConv final : public torch::nn::Module {
 public:
  NormedConv(const ConvShape& shape, const Resnet1dConfig& config, const Rng& rng)
      : normalization_(config.normalization), groups_(config.groups), stride_(shape.stride) {
    const int64_t outputs = shape.outputs;
    const bool plain = normalization_ == ChannelNormalization::none;
    weight_ = register_parameter("weight", at::empty({outputs, shape.inputs, shape.kernel}));
    // A normalisation takes a bias away again; the shift is in its place.
    if (plain) bias_ = register_parameter("bias", at::empty({outputs}));
    initialize(*this, rng);
    if (plain) return;
    gain_ = register_parameter("gain", at::ones({outputs}));
    shift_ = register_parameter("shift", at::zeros({outputs}));
    if (normalization_ == ChannelNormalization::group) return;
    running_mean_ = register_buffer("running_mean", at::zeros({outputs}));
    running_var_ = register_buffer("running_var", at::ones({outputs}));
  }

  /// x: [N, C, T] -> [N, O, ceil(T / stride)].
  Tensor forward(const Tensor& x) const {
    const int64_t padding = weight_.size(2) / 2;
    const Tensor h = at::conv1d(x, weight_, bias_, stride_, padding);
    switch (normalization_) {
      case ChannelNormalization::none: return h;
      case ChannelNormalization::group: return at::group_norm(h, groups_, gain_, shift_, kEpsilon);
      case ChannelNormalization::batch:
        return at::batch_norm(h, gain_, shift_, running_mean_, running_var_, is_training(),
                              kMomentum, kEpsilon, /*cudnn=*/false);
    }
    throw ConfigError("unknown normalization");
  }

  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const {
    const int64_t padding = weight_.size(2) / 2, channels = weight_.size(0);
    std::vector<onnx::Operand> operands{x, weight_};
    if (bias_.defined()) operands.emplace_back(bias_);
    const onnx::Value h =
        graph.add("Conv", operands,
                  {{"strides", onnx::Ints{stride_}}, {"pads", onnx::Ints{padding, padding}}});
    switch (normalization_) {
      case ChannelNormalization::none: return h;
      case ChannelNormalization::batch:
        return graph.add("BatchNormalization", {h, gain_, shift_, running_mean_, running_var_},
                         {{"epsilon", kEpsilon}});
      case ChannelNormalization::group: {  // opset 17 knows it for one instance and channel only
        const onnx::Value grouped = graph.add("Reshape", {h, onnx::Ints{0, groups_, -1}});
        const onnx::Value normed =
            graph.add("InstanceNormalization", {grouped, at::ones({groups_}), at::zeros({groups_})},
                      {{"epsilon", kEpsilon}});
        const onnx::Value back = graph.add("Reshape", {normed, onnx::Ints{0, channels, -1}});
        return graph.add("Add",
                         {graph.add("Mul", {back, gain_.unsqueeze(1)}), shift_.unsqueeze(1)});
      }
    }
    throw ConfigError("unknown normalization");
  }

 private:
  ChannelNormalization normalization_;
  int64_t groups_, stride_;
  Tensor weight_, bias_;               // [O, C, k], [O]
  Tensor gain_, shift_;                // [O]
  Tensor running_mean_, running_var_;  // [O]
};

namespace {

void check(const Resnet1dConfig& config) {
  const size_t stages = config.filters.size();
  require<ConfigError>(
      stages > 0 && config.blocks.size() == stages && config.strides.size() == stages,
      "encoder.filters, encoder.blocks and encoder.strides must list the same number of "
      "stages, not {}, {} and {}",
      stages, config.blocks.size(), config.strides.size());
  require<ConfigError>(config.kernel % 2 == 1 && config.stem_kernel % 2 == 1,
                       "encoder.kernel and encoder.stem_kernel must be odd, not {} and {}",
                       config.kernel, config.stem_kernel);
  if (config.normalization == ChannelNormalization::group)
    for (const int64_t filters : config.filters)
      require<ConfigError>(filters % config.groups == 0,
                           "encoder.filters = {} must be multiples of encoder.groups = {}",
                           c10::IntArrayRef(config.filters), config.groups);
}

}  // namespace

Resnet1d::Resnet1d(const Resnet1dConfig& config, const Spec& spec, const Rng& rng)
    : config_(config) {
  check(config);
  int64_t channels = config.filters[0];
  stem_ = register_module(
      "stem", std::make_shared<NormedConv>(
                  ConvShape{spec.shape.at(0), channels, config.stem_kernel, config.stem_stride},
                  config, rng.stream("stem")));
  for (size_t stage = 0; stage < config.filters.size(); ++stage)
    for (int64_t index = 0; index < config.blocks[stage]; ++index) {
      blocks_.push_back(
          add_block(channels, config.filters[stage], index == 0 ? config.strides[stage] : 1, rng));
      channels = config.filters[stage];
    }
}

Resnet1d::Block Resnet1d::add_block(int64_t channels, int64_t filters, int64_t stride,
                                    const Rng& rng) {
  const auto conv = [&](const std::string& part, const ConvShape& shape) {
    const std::string name = text("block{}_{}", blocks_.size() + 1, part);
    return register_module(name, std::make_shared<NormedConv>(shape, config_, rng.stream(name)));
  };
  Block block{conv("first", {channels, filters, config_.kernel, stride}),
              conv("second", {filters, filters, config_.kernel, 1}), nullptr};
  if (channels != filters || stride != 1)
    block.shortcut = conv("shortcut", {channels, filters, 1, stride});
  return block;
}

Tensor Resnet1d::forward(const Tensor& x) {
  Tensor h = at::relu(stem_->forward(x));  // [N, C, T]
  for (const Block& block : blocks_) {
    const Tensor changed = block.second->forward(at::relu(block.first->forward(h)));
    h = at::relu(changed + (block.shortcut ? block.shortcut->forward(h) : h));
  }
  return pool(h.transpose(1, 2), config_.pooling);
}

onnx::Value Resnet1d::emit(onnx::Graph& graph, const onnx::Value& x) const {
  onnx::Value h = graph.add("Relu", {stem_->emit(graph, x)});
  for (const Block& block : blocks_) {
    const onnx::Value first = graph.add("Relu", {block.first->emit(graph, h)});
    const onnx::Value changed = block.second->emit(graph, first);
    const onnx::Value kept = block.shortcut ? block.shortcut->emit(graph, h) : h;
    h = graph.add("Relu", {graph.add("Add", {changed, kept})});
  }
  std::vector<onnx::Operand> pooled;
  emit_pool(graph, h, config_.pooling, pooled);
  return graph.add("Concat", pooled, {{"axis", 1}});
}

std::vector<Tensor> Resnet1d::last_block() {
  std::vector<Tensor> last;
  for (const auto& conv : {blocks_.back().first, blocks_.back().second, blocks_.back().shortcut})
    if (conv)
      for (const Tensor& parameter : conv->parameters()) last.push_back(parameter);
  return last;
}

}  // namespace tacit
