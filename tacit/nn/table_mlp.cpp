// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/table_mlp.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/selu.h>
#include <ATen/ops/silu.h>

#include <numeric>

#include "tacit/core/error.h"
#include "tacit/nn/initialize.h"
#include "tacit/onnx/operators.h"

namespace tacit {

Tensor activate(Activation activation, const Tensor& x) {
  switch (activation) {
    case Activation::relu: return at::relu(x);
    case Activation::leaky_relu: return at::leaky_relu(x, 0.01);
    case Activation::elu: return at::elu(x);
    case Activation::selu: return at::selu(x);
    case Activation::gelu: return at::gelu(x);
    case Activation::silu: return at::silu(x);
    case Activation::tanh: return x.tanh();
    case Activation::sigmoid: return x.sigmoid();
  }
  throw ConfigError("unknown activation");
}

onnx::Value emit_activation(Activation activation, onnx::Graph& graph, const onnx::Value& x) {
  switch (activation) {
    case Activation::relu: return graph.add("Relu", {x});
    case Activation::leaky_relu: return graph.add("LeakyRelu", {x}, {{"alpha", 0.01}});
    case Activation::elu: return graph.add("Elu", {x}, {{"alpha", 1.0}});
    case Activation::selu: return graph.add("Selu", {x});
    case Activation::gelu: return onnx::gelu(graph, x);
    case Activation::silu: return graph.add("Mul", {x, graph.add("Sigmoid", {x})});
    case Activation::tanh: return graph.add("Tanh", {x});
    case Activation::sigmoid: return graph.add("Sigmoid", {x});
  }
  throw ConfigError("unknown activation");
}

TableMlp::TableMlp(const TableMlpConfig& config, const Spec& spec, const Rng& rng)
    : config_(config) {
  require<ConfigError>(!config.widths.empty(), "encoder.widths: name at least one layer");
  auto embedding =
      std::make_shared<FieldEmbedding>(spec.fields, config.bins, rng.stream("embedding"));
  int64_t width = embedding->width();
  for (size_t i = 0; i < config.widths.size(); ++i) {
    weights_.push_back(
        register_parameter(text("dense{}_weight", i + 1), at::empty({config.widths[i], width})));
    biases_.push_back(
        register_parameter(text("dense{}_bias", i + 1), at::empty({config.widths[i]})));
    width = config.widths[i];
  }
  initialize(*this, rng);
  embedding_ = register_module("embedding", std::move(embedding));  // has initialised itself
}

std::vector<Tensor> TableMlp::layers(const Tensor& x) {
  Tensor h = embedding_->forward(x);
  std::vector<Tensor> all{h};
  for (size_t i = 0; i < weights_.size(); ++i) {
    h = at::dropout(activate(config_.activation, at::linear(h, weights_[i], biases_[i])),
                    config_.dropout, is_training());
    all.push_back(h);
  }
  return all;
}

Tensor TableMlp::forward(const Tensor& x) {
  const std::vector<Tensor> all = layers(x);
  return config_.features == FeatureLayers::all ? at::cat(all, 1) : all.back();
}

int64_t TableMlp::features() const {
  return config_.features == FeatureLayers::all
             ? std::accumulate(config_.widths.begin(), config_.widths.end(), embedding_->width())
             : code_width();
}

onnx::Value TableMlp::emit(onnx::Graph& graph, const onnx::Value& x) const {
  onnx::Value h = embedding_->emit(graph, x);
  std::vector<onnx::Operand> all{h};
  for (size_t i = 0; i < weights_.size(); ++i) {
    h = emit_activation(config_.activation, graph, onnx::linear(graph, h, weights_[i], biases_[i]));
    all.emplace_back(h);
  }
  return config_.features == FeatureLayers::all ? graph.add("Concat", all, {{"axis", 1}}) : h;
}

}  // namespace tacit
