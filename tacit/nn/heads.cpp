// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/heads.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "tacit/core/error.h"
#include "tacit/nn/initialize.h"
#include "tacit/onnx/operators.h"

namespace tacit {

MlpHead::MlpHead(int64_t features, int64_t hidden, int64_t outputs, const Rng& rng, int64_t layers,
                 double dropout)
    : dropout_(dropout) {
  const auto dense = [&](const std::string& weight, const std::string& bias, int64_t in,
                         int64_t out) {
    return Dense{register_parameter(weight, at::empty({out, in})),
                 register_parameter(bias, at::empty({out}))};
  };
  int64_t width = features;
  for (int64_t layer = 1; hidden > 0 && layer <= layers; ++layer) {
    const std::string number = layer == 1 ? "" : text("{}", layer);
    hidden_.push_back(dense("hidden_weight" + number, "hidden_bias" + number, width, hidden));
    width = hidden;
  }
  last_ = dense("weight", "bias", width, outputs);
  initialize(*this, rng);
}

Tensor MlpHead::forward(const Tensor& x) const {
  Tensor h = x;
  for (const auto& [weight, bias] : hidden_)
    h = at::dropout(at::relu(at::linear(h, weight, bias)), dropout_, is_training());
  return at::linear(h, last_.weight, last_.bias);
}

onnx::Value MlpHead::emit(onnx::Graph& graph, const onnx::Value& x) const {
  onnx::Value h = x;
  for (const auto& [weight, bias] : hidden_)
    h = graph.add("Relu", {onnx::linear(graph, h, weight, bias)});
  return onnx::linear(graph, h, last_.weight, last_.bias);
}

ClassifierHead::ClassifierHead(const ClassifierConfig& config, const Rng& rng)
    : dropout_(config.dropout) {
  shift_ = register_buffer("shift", at::zeros({config.features}));
  scale_ = register_buffer("scale", at::ones({config.features}));
  head_ =
      register_module("head", std::make_shared<MlpHead>(config.features, config.hidden,
                                                        std::max<int64_t>(1, config.classes), rng,
                                                        config.layers, config.hidden_dropout));
  if (config.classes > 0) return;
  mean_ = register_buffer("target_mean", at::zeros({1}));
  deviation_ = register_buffer("target_deviation", at::ones({1}));
}

Tensor ClassifierHead::forward(const Tensor& x) const {
  const Tensor out = head_->forward(at::dropout((x - shift_) / scale_, dropout_, is_training()));
  return tells_number() ? out * deviation_ + mean_ : out;
}

onnx::Value ClassifierHead::emit(onnx::Graph& graph, const onnx::Value& x) const {
  const onnx::Value scaled = graph.add("Div", {graph.add("Sub", {x, shift_}), scale_});
  const onnx::Value out = head_->emit(graph, scaled);
  if (!tells_number()) return out;
  return graph.add("Add", {graph.add("Mul", {out, deviation_}), mean_});
}

void ClassifierHead::set_units(double mean, double deviation) {
  require<StateError>(tells_number(), "ClassifierHead: a head of classes has no units");
  mean_.fill_(mean);
  deviation_.fill_(deviation);
}

void ClassifierHead::set(const Tensor& shift, const Tensor& scale, const Tensor& weight,
                         const Tensor& bias) {
  const c10::AutoGradMode no_grad(false);
  const auto put = [](const Tensor& place, const Tensor& value, const char* name) {
    require<ShapeError>(place.sizes() == value.sizes(),
                        "ClassifierHead: {} has shape {}, the head's is {}", name, value.sizes(),
                        place.sizes());
    place.copy_(value);
  };
  put(shift_, shift, "shift");
  put(scale_, scale, "scale");
  put(head_->named_parameters()["weight"], weight, "weight");
  put(head_->named_parameters()["bias"], bias, "bias");
}

TaskHeads::TaskHeads(const TaskHeadsConfig& config, const Rng& rng) : config_(config) {
  const auto [features, hidden, tasks, layers, slope, dropout] = config;
  hidden_weight_ = register_parameter("hidden_weight", at::empty({tasks * hidden, features}));
  hidden_bias_ = register_parameter("hidden_bias", at::zeros({tasks * hidden}));
  for (int64_t layer = 2; layer <= layers; ++layer) {
    deeper_weight_.push_back(
        register_parameter(text("weight{}", layer), at::empty({tasks, hidden, hidden})));
    deeper_bias_.push_back(
        register_parameter(text("bias{}", layer), at::zeros({tasks, 1, hidden})));
  }
  weight_ = register_parameter("weight", at::empty({tasks, hidden}));
  bias_ = register_parameter("bias", at::zeros({tasks}));
  const c10::AutoGradMode no_grad(false);  // each head as if it stood alone
  glorot_uniform(hidden_weight_, features, hidden, rng.stream("hidden_weight"));
  for (size_t i = 0; i < deeper_weight_.size(); ++i)
    glorot_uniform(deeper_weight_[i], hidden, hidden, rng.stream(text("weight{}", i + 2)));
  glorot_uniform(weight_, hidden, 1, rng.stream("weight"));
}

Tensor TaskHeads::activate(const Tensor& x) const {
  const Tensor h =
      config_.negative_slope > 0 ? at::leaky_relu(x, config_.negative_slope) : at::relu(x);
  return at::dropout(h, config_.dropout, is_training());
}

Tensor TaskHeads::forward(const Tensor& x) const {
  const std::vector<int64_t> by_task{x.size(0), config_.tasks, config_.hidden};
  Tensor h = activate(at::linear(x, hidden_weight_, hidden_bias_)).view(by_task);  // [N, S, H]
  for (size_t i = 0; i < deeper_weight_.size(); ++i)
    h = activate(at::baddbmm(deeper_bias_[i], h.transpose(0, 1), deeper_weight_[i]))
            .transpose(0, 1);
  return (h * weight_).sum(-1) + bias_;
}

}  // namespace tacit
