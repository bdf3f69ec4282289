// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/dilated_conv.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>

#include "tacit/nn/initialize.h"
#include "tacit/onnx/operators.h"

namespace tacit {
namespace {

struct BlockShape {
  int64_t inputs, outputs, kernel, dilation;
};

}  // namespace

class DilatedBlock final : public torch::nn::Module {
 public:
  explicit DilatedBlock(const BlockShape& shape) : dilation_(shape.dilation) {
    const auto [inputs, outputs, kernel, dilation] = shape;
    first_weight_ = register_parameter("first_weight", at::empty({outputs, inputs, kernel}));
    first_bias_ = register_parameter("first_bias", at::empty({outputs}));
    second_weight_ = register_parameter("second_weight", at::empty({outputs, outputs, kernel}));
    second_bias_ = register_parameter("second_bias", at::empty({outputs}));
    if (inputs == outputs) return;
    shortcut_weight_ = register_parameter("shortcut_weight", at::empty({outputs, inputs, 1}));
    shortcut_bias_ = register_parameter("shortcut_bias", at::empty({outputs}));
  }

  /// x: [N, C, T] -> [N, O, T].
  Tensor forward(const Tensor& x) const {
    const auto conv = [&](const Tensor& h, const Tensor& weight, const Tensor& bias) {
      return at::conv1d(at::gelu(h), weight, bias, /*stride=*/1, padding(), dilation_);
    };
    const Tensor changed = conv(conv(x, first_weight_, first_bias_), second_weight_, second_bias_);
    return changed +
           (shortcut_weight_.defined() ? at::conv1d(x, shortcut_weight_, shortcut_bias_) : x);
  }

  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const {
    const auto conv = [&](const onnx::Value& h, const Tensor& weight, const Tensor& bias) {
      return graph.add(
          "Conv", {onnx::gelu(graph, h), weight, bias},
          {{"dilations", onnx::Ints{dilation_}}, {"pads", onnx::Ints{padding(), padding()}}});
    };
    const onnx::Value changed =
        conv(conv(x, first_weight_, first_bias_), second_weight_, second_bias_);
    const onnx::Value kept =
        shortcut_weight_.defined() ? graph.add("Conv", {x, shortcut_weight_, shortcut_bias_}) : x;
    return graph.add("Add", {changed, kept});
  }

 private:
  /// Zeros on each side that keep the length.
  int64_t padding() const { return first_weight_.size(2) / 2 * dilation_; }

  int64_t dilation_;
  Tensor first_weight_, first_bias_;        // [O, C, k], [O]
  Tensor second_weight_, second_bias_;      // [O, O, k], [O]
  Tensor shortcut_weight_, shortcut_bias_;  // [O, C, 1], [O], or undefined
};

DilatedConv::DilatedConv(const DilatedConvConfig& config, const Spec& spec, const Rng& rng)
    : config_(config) {
  require<ConfigError>(config.kernel % 2 == 1, "encoder.kernel must be odd, not {}", config.kernel);
  const int64_t width = config.width;
  weight_ = register_parameter("input_weight", at::empty({width, spec.shape.at(0), 1}));
  bias_ = register_parameter("input_bias", at::empty({width}));
  for (int64_t index = 0; index <= config.depth; ++index) {
    const BlockShape shape{width, index < config.depth ? width : config.outputs, config.kernel,
                           int64_t{1} << index};
    blocks_.push_back(
        register_module(text("block{}", index + 1), std::make_shared<DilatedBlock>(shape)));
  }
  initialize(*this, rng);
}

Tensor DilatedConv::encode_steps(const Tensor& x, const Tensor& seen) const {
  Tensor h = at::conv1d(x, weight_, bias_);  // [N, W, T]
  if (seen.defined()) h = h * seen.unsqueeze(1);
  for (const auto& block : blocks_) h = block->forward(h);
  return at::dropout(h, config_.dropout, is_training()).transpose(1, 2);
}

onnx::Value DilatedConv::emit(onnx::Graph& graph, const onnx::Value& x) const {
  onnx::Value h = graph.add("Conv", {x, weight_, bias_});
  for (const auto& block : blocks_) h = block->emit(graph, h);
  std::vector<onnx::Operand> pooled;
  emit_pool(graph, h, config_.pooling, pooled);
  return graph.add("Concat", pooled, {{"axis", 1}});
}

std::vector<Tensor> DilatedConv::last_block() { return blocks_.back()->parameters(); }

}  // namespace tacit
