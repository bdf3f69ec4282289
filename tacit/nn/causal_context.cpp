// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/causal_context.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gru.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <cmath>
#include <limits>

#include "tacit/nn/initialize.h"
#include "tacit/nn/transformer.h"
#include "tacit/onnx/operators.h"

namespace tacit {
namespace {

using onnx::Graph;
using onnx::Ints;
using onnx::Value;

struct Dense {
  Tensor weight, bias;  // [O, I], [O]

  Dense() = default;
  Dense(torch::nn::Module& owner, const std::string& name, int64_t inputs, int64_t outputs)
      : weight(owner.register_parameter(name + "_weight", at::empty({outputs, inputs}))),
        bias(owner.register_parameter(name + "_bias", at::empty({outputs}))) {}
  Tensor forward(const Tensor& x) const { return at::linear(x, weight, bias); }
  Value emit(Graph& graph, const Value& x) const { return onnx::linear(graph, x, weight, bias); }
};

Value transposed(Graph& graph, const Value& x, const Ints& order) {
  return graph.add("Transpose", {x}, {{"perm", order}});
}

/// On a GPU the recurrent kernels gather their weights at each call, and say so each time.
class Silence final : public c10::WarningHandler {
  void process(const c10::Warning&) override {}
};

class GruContext final : public CausalContext {
 public:
  GruContext(int64_t inputs, int64_t width, int64_t layers, const Rng& rng) {
    for (int64_t index = 1; index <= layers; ++index) {
      const std::string name = text("gru{}_", index);
      const auto add = [&](const char* which, at::IntArrayRef shape) {
        weights_.push_back(register_parameter(name + which, at::empty(shape)));
      };
      add("input_weight", {3 * width, inputs});
      add("hidden_weight", {3 * width, width});
      add("input_bias", {3 * width});
      add("hidden_bias", {3 * width});
      inputs = width;
    }
    initialize(*this, rng);
  }

  Tensor forward(const Tensor& z) const override {
    static Silence silence;
    const c10::WarningUtils::WarningHandlerGuard quiet(&silence);
    const Tensor start = at::zeros({layers(), z.size(0), width()}, z.options());
    // Without dropout training is no different, but only then there is a way back on a GPU.
    return std::get<0>(at::gru(z, start, weights_, /*has_biases=*/true, layers(), /*dropout=*/0,
                               /*train=*/at::GradMode::is_enabled(), /*bidirectional=*/false,
                               /*batch_first=*/true));
  }

  Value emit(Graph& graph, const Value& z) const override {
    Value h = transposed(graph, z, {1, 0, 2});  // [S, batch, D]
    for (size_t first = 0; first < weights_.size(); first += 4) {
      const auto gates = [&](const Tensor& all) {  // reset, update, new -> update, reset, new
        const std::vector<Tensor> each = all.detach().chunk(3);
        return at::cat({each[1], each[0], each[2]}).unsqueeze(0);
      };
      const Tensor bias = at::cat({gates(weights_[first + 2]), gates(weights_[first + 3])}, 1);
      h = graph.add("GRU", {h, gates(weights_[first]), gates(weights_[first + 1]), bias},
                    {{"hidden_size", width()}, {"linear_before_reset", 1}});  // [S, 1, batch, H]
      h = graph.add("Squeeze", {h, Ints{1}});
    }
    return transposed(graph, h, {1, 0, 2});
  }

  std::vector<Tensor> last_block() const override { return {weights_.end() - 4, weights_.end()}; }

 private:
  int64_t layers() const { return static_cast<int64_t>(weights_.size()) / 4; }
  int64_t width() const { return weights_[1].size(1); }

  std::vector<Tensor> weights_;  // four a layer: of inputs and of what was, weights and biases
};

/// A part of a context that is added to what comes in: [N, S, H] -> [N, S, H].
class ContextBlock : public torch::nn::Module {
 public:
  virtual Tensor forward(const Tensor& x) const = 0;
  virtual Value emit(Graph& graph, const Value& x) const = 0;
};

class ConvolutionBlock final : public ContextBlock {
 public:
  ConvolutionBlock(int64_t width, int64_t kernel, int64_t dilation, const Rng& rng)
      : dilation_(dilation), merge_(*this, "merge", width, width) {
    weight_ = register_parameter("past_weight", at::empty({width, width, kernel}));
    bias_ = register_parameter("past_bias", at::empty({width}));
    initialize(*this, rng);
    norm_ = register_module("norm", std::make_shared<LayerNorm>(width));
  }

  Tensor forward(const Tensor& x) const override {
    const Tensor known = at::constant_pad_nd(norm_->forward(x).transpose(1, 2), {before(), 0});
    const Tensor heard =
        at::conv1d(known, weight_, bias_, /*stride=*/1, at::IntArrayRef({0}), dilation_)
            .transpose(1, 2);
    return x + merge_.forward(at::relu(heard));
  }

  Value emit(Graph& graph, const Value& x) const override {
    const Value heard =
        graph.add("Conv", {transposed(graph, norm_->emit(graph, x), {0, 2, 1}), weight_, bias_},
                  {{"dilations", Ints{dilation_}}, {"pads", Ints{before(), 0}}});
    return graph.add(
        "Add", {x, merge_.emit(graph, graph.add("Relu", {transposed(graph, heard, {0, 2, 1})}))});
  }

 private:
  /// Frames between the earliest tap and this one.
  int64_t before() const { return (weight_.size(2) - 1) * dilation_; }

  int64_t dilation_;
  Tensor weight_, bias_;  // [H, H, k], [H]
  Dense merge_;
  std::shared_ptr<LayerNorm> norm_;
};

class AttentionBlock final : public ContextBlock {
 public:
  AttentionBlock(int64_t width, int64_t heads, int64_t steps, const Rng& rng)
      : heads_(heads),
        steps_(steps),
        attention_(*this, "attention", width, 3 * width),
        merge_(*this, "merge", width, width),
        hidden_(*this, "hidden", width, 4 * width),
        output_(*this, "output", 4 * width, width) {
    initialize(*this, rng);
    before_attention_ = register_module("before_attention", std::make_shared<LayerNorm>(width));
    before_dense_ = register_module("before_dense", std::make_shared<LayerNorm>(width));
  }

  Tensor forward(const Tensor& x) const override {
    const Tensor attended = x + attend(before_attention_->forward(x));
    return attended + output_.forward(at::gelu(hidden_.forward(before_dense_->forward(attended))));
  }

  Value emit(Graph& graph, const Value& x) const override {
    const Value attended =
        graph.add("Add", {x, emit_attend(graph, before_attention_->emit(graph, x))});
    const Value hidden =
        onnx::gelu(graph, hidden_.emit(graph, before_dense_->emit(graph, attended)));
    return graph.add("Add", {attended, output_.emit(graph, hidden)});
  }

 private:
  int64_t each() const { return merge_.weight.size(0) / heads_; }

  Tensor attend(const Tensor& x) const {
    const Tensor all = attention_.forward(x)
                           .view({x.size(0), x.size(1), 3, heads_, each()})
                           .permute({2, 0, 3, 1, 4});  // [3, N, heads, S, each]
    const Tensor heard = at::scaled_dot_product_attention(all[0], all[1], all[2], /*attn_mask=*/{},
                                                          /*dropout_p=*/0, /*is_causal=*/true);
    return merge_.forward(heard.transpose(1, 2).flatten(2));
  }

  Value emit_attend(Graph& graph, const Value& x) const {
    const Value all = transposed(
        graph, graph.add("Reshape", {attention_.emit(graph, x), Ints{0, 0, 3, heads_, each()}}),
        {2, 0, 3, 1, 4});
    const auto part = [&](int64_t index) {
      return graph.add("Gather", {all, at::scalar_tensor(index, at::kLong)}, {{"axis", 0}});
    };
    const Value query = part(0), key = transposed(graph, part(1), {0, 1, 3, 2}), value = part(2);
    const Value likeness = graph.add(
        "Div", {graph.add("MatMul", {query, key}), std::sqrt(static_cast<double>(each()))});
    const Tensor future =
        at::full({steps_, steps_}, -std::numeric_limits<double>::infinity()).triu(1);
    const Value weights =
        graph.add("Softmax", {graph.add("Add", {likeness, future})}, {{"axis", -1}});
    const Value heard = transposed(graph, graph.add("MatMul", {weights, value}), {0, 2, 1, 3});
    return merge_.emit(graph, graph.add("Reshape", {heard, Ints{0, 0, -1}}));
  }

  int64_t heads_, steps_;
  Dense attention_, merge_, hidden_, output_;
  std::shared_ptr<LayerNorm> before_attention_, before_dense_;
};

class StackedContext final : public CausalContext {
 public:
  StackedContext(const CausalContextConfig& config, int64_t inputs, int64_t layers, int64_t steps,
                 const Rng& rng)
      : steps_(steps) {
    const int64_t width = config.context_width, heads = config.context_heads;
    const bool attends = config.context == ContextKind::transformer;
    require<ConfigError>(!attends || width % heads == 0,
                         "encoder.context_width = {} cannot be shared among {} heads; choose a "
                         "multiple of encoder.context_heads",
                         width, heads);
    if (inputs != width) input_ = Dense(*this, "input", inputs, width);
    initialize(*this, rng.stream("input"));
    if (attends) positions_ = register_buffer("positions", sinusoidal_positions(steps, width));
    for (int64_t index = 0; index < layers; ++index) {
      const std::string name = text("block{}", index + 1);
      std::shared_ptr<ContextBlock> block;
      if (attends)
        block = std::make_shared<AttentionBlock>(width, heads, steps, rng.stream(name));
      else
        block = std::make_shared<ConvolutionBlock>(width, config.context_kernel,
                                                   int64_t{1} << index, rng.stream(name));
      blocks_.push_back(register_module(name, std::move(block)));
    }
    norm_ = register_module("norm", std::make_shared<LayerNorm>(width));
  }

  Tensor forward(const Tensor& z) const override {
    require<ShapeError>(z.size(1) <= steps_, "this context is for {} steps at most, not {}", steps_,
                        z.size(1));
    Tensor h = input_.weight.defined() ? input_.forward(z) : z;
    if (positions_.defined()) h = h + positions_.narrow(0, 0, z.size(1));
    for (const auto& block : blocks_) h = block->forward(h);
    return norm_->forward(h);
  }

  Value emit(Graph& graph, const Value& z) const override {
    Value h = input_.weight.defined() ? input_.emit(graph, z) : z;
    if (positions_.defined()) h = graph.add("Add", {h, positions_});
    for (const auto& block : blocks_) h = block->emit(graph, h);
    return norm_->emit(graph, h);
  }

  std::vector<Tensor> last_block() const override {
    std::vector<Tensor> last = blocks_.back()->parameters();
    for (const Tensor& parameter : norm_->parameters()) last.push_back(parameter);
    return last;
  }

 private:
  int64_t steps_;
  Dense input_;       // undefined where the width is already right
  Tensor positions_;  // [steps, H] of a transformer, else undefined
  std::vector<std::shared_ptr<ContextBlock>> blocks_;
  std::shared_ptr<LayerNorm> norm_;
};

int64_t layers_of(const CausalContextConfig& config) {
  if (config.context_layers > 0) return config.context_layers;
  switch (config.context) {
    case ContextKind::gru: return 1;
    case ContextKind::convolution: return 4;
    case ContextKind::transformer: return 2;
  }
  throw ConfigError("unknown context");
}

}  // namespace

std::shared_ptr<CausalContext> make_causal_context(const CausalContextConfig& config, int64_t width,
                                                   int64_t steps, const Rng& rng) {
  const int64_t layers = layers_of(config);
  if (config.context == ContextKind::gru)
    return std::make_shared<GruContext>(width, config.context_width, layers, rng);
  return std::make_shared<StackedContext>(config, width, layers, steps, rng);
}

}  // namespace tacit
