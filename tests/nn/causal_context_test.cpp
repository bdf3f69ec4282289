// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/causal_context.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tacit/export/onnx_runtime.h"
#include "tacit/nn/transformer.h"
#include "tacit/onnx/model.h"
#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

using Weights = std::map<std::string, Tensor>;

/// Every kind, of frames as wide as contexts or not, with one layer and with several.
std::vector<CausalContextConfig> all_configs() {
  std::vector<CausalContextConfig> all;
  for (const ContextKind kind :
       {ContextKind::gru, ContextKind::convolution, ContextKind::transformer})
    for (const int64_t width : {6, 8})
      for (const int64_t layers : {1, 3})
        all.push_back({.context = kind,
                       .context_width = width,
                       .context_layers = layers,
                       .context_kernel = layers == 1 ? 2 : 3,
                       .context_heads = 2});
  return all;
}

std::shared_ptr<CausalContext> make(const CausalContextConfig& config, int64_t steps = 12) {
  const auto context = make_causal_context(config, 6, steps, Rng(1));
  stir(*context);
  if (config.context == ContextKind::transformer) {
    auto all = weights(*context);  // positions are no weights
    all.at("positions") = sinusoidal_positions(steps, config.context_width);
    set_weights(*context, all);
  }
  return context;
}

TEST(CausalContext, KnowsNothingOfTheFutureAndSomethingOfAllThePast) {
  for (const CausalContextConfig& config : all_configs()) {
    SCOPED_TRACE(write_config(config).dump());
    const auto context = make(config);
    const Tensor z = numbers({2, 12, 6}, 1), c = context->forward(z);
    ASSERT_EQ(c.sizes(), (std::vector<int64_t>{2, 12, config.context_width}));
    for (const int64_t t : {0, 4, 10}) {
      Tensor other = z.clone();
      other.slice(1, t + 1).copy_(numbers({2, 11 - t, 6}, 2) * 100);
      const Tensor changed = context->forward(other);
      EXPECT_TRUE(changed.slice(1, 0, t + 1).equal(c.slice(1, 0, t + 1))) << t;
      EXPECT_FALSE(changed.select(1, t + 1).allclose(c.select(1, t + 1))) << t;
    }
    const bool sees_few =  // taps 0, 1 of one convolution
        config.context == ContextKind::convolution && config.context_layers == 1;
    for (const int64_t back : {0, 1, 5}) {
      Tensor other = z.clone();
      other.select(1, 8 - back).copy_(numbers({2, 6}, 3));
      EXPECT_EQ(context->forward(other).select(1, 8).equal(c.select(1, 8)), sees_few && back > 1);
    }
  }
}

Tensor dense(const Tensor& x, Weights& w, const std::string& name) {
  return at::matmul(x, w.at(name + "_weight").t()) + w.at(name + "_bias");
}

/// Gated recurrent units of one row, a step at a time. z: [S, D].
Tensor plain_gru(Weights& w, Tensor z, int64_t layers, int64_t width) {
  for (int64_t layer = 1; layer <= layers; ++layer) {
    Tensor h = at::zeros({width});
    std::vector<Tensor> all;
    for (int64_t t = 0; t < z.size(0); ++t) {
      const std::string name = text("gru{}_", layer);
      const Tensor in = dense(z[t], w, name + "input"), was = dense(h, w, name + "hidden");
      const auto part = [&](const Tensor& x, int64_t i) {
        return x.slice(0, i * width, (i + 1) * width);
      };
      const Tensor reset = at::sigmoid(part(in, 0) + part(was, 0));
      const Tensor keep = at::sigmoid(part(in, 1) + part(was, 1));
      const Tensor fresh = at::tanh(part(in, 2) + reset * part(was, 2));
      h = (1 - keep) * fresh + keep * h;
      all.push_back(h);
    }
    z = at::stack(all);
  }
  return z;
}

Tensor norm(const Tensor& h, Weights& w, const std::string& name) {
  const Tensor even = (h - h.mean(1, true)) / (h.var(1, /*unbiased=*/false, true) + 1e-5).sqrt();
  return even * w.at(name + ".gain") + w.at(name + ".shift");
}

/// One block of convolution, tap by tap. h: [S, H].
Tensor plain_convolution(Weights& w, const Tensor& h, const std::string& block, int64_t gap) {
  const Tensor in = norm(h, w, block + "norm"), weight = w.at(block + "past_weight");
  const Tensor heard = at::zeros_like(h) + w.at(block + "past_bias");
  for (int64_t t = 0; t < h.size(0); ++t)
    for (int64_t tap = 0; tap < weight.size(2); ++tap) {
      const int64_t from = t - (weight.size(2) - 1 - tap) * gap;
      if (from >= 0) heard[t] += at::matmul(weight.select(2, tap), in[from]);
    }
  return h + dense(heard.clamp_min(0), w, block + "merge");
}

/// One block of attention, head by head and frame by frame. h: [S, H].
Tensor plain_attention(Weights& w, const Tensor& h, const std::string& block, int64_t heads) {
  const int64_t width = h.size(1), each = width / heads;
  const Tensor all = dense(norm(h, w, block + "before_attention"), w, block + "attention");
  const Tensor heard = at::zeros_like(h);
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t t = 0; t < h.size(0); ++t) {
      const auto part = [&](int64_t frame, int64_t kind) {
        return all[frame].slice(0, kind * width + head * each, kind * width + (head + 1) * each);
      };
      double sum = 0;
      Tensor mixed = at::zeros({each});
      for (int64_t past = 0; past <= t; ++past) {
        const double product = (part(t, 0) * part(past, 1)).sum().item<double>();
        const double weight = std::exp(product / std::sqrt(static_cast<double>(each)));
        mixed += part(past, 2) * weight, sum += weight;
      }
      heard[t].slice(0, head * each, (head + 1) * each).copy_(mixed / sum);
    }
  const Tensor attended = h + dense(heard, w, block + "merge");
  const Tensor hidden = dense(norm(attended, w, block + "before_dense"), w, block + "hidden");
  const Tensor bent = hidden * 0.5 * (1 + (hidden / std::sqrt(2.0)).erf());
  return attended + dense(bent, w, block + "output");
}

Tensor plain(const CausalContextConfig& config, Weights w, const Tensor& z) {
  const int64_t layers = config.context_layers, width = config.context_width;
  if (config.context == ContextKind::gru) return plain_gru(w, z, layers, width);
  Tensor h = w.contains("input_weight") ? dense(z, w, "input") : z;
  const bool attends = config.context == ContextKind::transformer;
  if (attends) h = h + sinusoidal_positions(z.size(0), width);
  for (int64_t layer = 0; layer < layers; ++layer) {
    const std::string block = text("block{}.", layer + 1);
    h = attends ? plain_attention(w, h, block, config.context_heads)
                : plain_convolution(w, h, block, int64_t{1} << layer);
  }
  return norm(h, w, "norm");
}

TEST(CausalContext, IsItsEquationsWrittenOut) {
  for (const CausalContextConfig& config : all_configs()) {
    SCOPED_TRACE(write_config(config).dump());
    const auto context = make(config);
    for (const int64_t steps : {1, 9, 12}) {
      const Tensor z = numbers({2, steps, 6}, 1), c = context->forward(z);
      for (const int64_t row : {0, 1})
        EXPECT_TRUE(c[row].allclose(plain(config, weights(*context), z[row]), 1e-4, 1e-5))
            << row << ", " << steps;
    }
  }
}

TEST(CausalContext, ComputesTheSameInOnnx) {
  const OnnxRuntime runtime;
  for (const CausalContextConfig& config : all_configs()) {
    SCOPED_TRACE(write_config(config).dump());
    const auto context = make(config);
    onnx::Graph graph("context");
    const onnx::Value z = graph.input("frames", {12, 6});
    graph.output("contexts", context->emit(graph, z), {12, config.context_width});
    const OnnxSession session(runtime, onnx::write_model(graph));
    for (const int64_t rows : {1, 3}) {
      const Tensor x = numbers({rows, 12, 6}, 1);
      const Tensor theirs = session.run("frames", x, {"contexts"}).at(0);
      EXPECT_TRUE(theirs.allclose(context->forward(x), 1e-4, 1e-5));
    }
  }
}

TEST(CausalContext, SendsAGradientToEveryParameter) {
  for (const CausalContextConfig& config : all_configs()) {
    SCOPED_TRACE(write_config(config).dump());
    const auto context = make_causal_context(config, 6, 12, Rng(1));
    for (const bool training : {true, false}) {
      context->train(training);
      context->zero_grad();
      context->forward(numbers({4, 12, 6}, 1)).square().sum().backward();
      for (const auto& item : context->named_parameters())
        EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
    }
  }
}

TEST(CausalContext, HasLayersByItsKindUnlessToldOtherwise) {
  const auto has = [](ContextKind kind, int64_t layers, const char* name) {
    const auto context = make_causal_context(
        {.context = kind, .context_width = 8, .context_layers = layers, .context_heads = 2}, 6, 12,
        Rng(1));
    return weights(*context).contains(name);
  };
  EXPECT_FALSE(has(ContextKind::gru, 0, "gru2_input_bias"));
  EXPECT_TRUE(has(ContextKind::gru, 2, "gru2_input_bias"));
  EXPECT_TRUE(has(ContextKind::convolution, 0, "block4.past_bias"));
  EXPECT_FALSE(has(ContextKind::convolution, 0, "block5.past_bias"));
  EXPECT_TRUE(has(ContextKind::transformer, 0, "block2.merge_bias"));
  EXPECT_FALSE(has(ContextKind::transformer, 0, "block3.merge_bias"));
}

TEST(CausalContext, LastBlockIsTheLastLayer) {
  for (const CausalContextConfig& config : all_configs()) {
    SCOPED_TRACE(write_config(config).dump());
    const auto context = make(config);
    const std::string last =
        text(config.context == ContextKind::gru ? "gru{}_" : "block{}.", config.context_layers);
    std::vector<Tensor> wanted;
    for (const auto& item : context->named_parameters())
      if (item.key().starts_with(last) || item.key().starts_with("norm."))
        wanted.push_back(item.value());
    const std::vector<Tensor> got = context->last_block();
    EXPECT_EQ(got.size(), wanted.size());
    for (const Tensor& parameter : got)
      EXPECT_TRUE(std::ranges::any_of(
          wanted, [&](const Tensor& other) { return other.is_same(parameter); }));
  }
}

TEST(CausalContext, RefusesHeadsAndLengthsThatDoNotFit) {
  const CausalContextConfig config{
      .context = ContextKind::transformer, .context_width = 10, .context_heads = 4};
  const std::string message =
      message_of<ConfigError>([&] { make_causal_context(config, 6, 12, Rng(1)); });
  EXPECT_NE(message.find("context_width = 10"), std::string::npos) << message;
  const auto context = make({.context = ContextKind::transformer,
                             .context_width = 8,
                             .context_layers = 1,
                             .context_heads = 2});
  EXPECT_NE(message_of<ShapeError>([&] {
              context->forward(numbers({1, 13, 6}, 1));
            }).find("12 steps at most, not 13"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
