// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/table_mlp.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/safetensors.h"
#include "tacit/core/weights.h"
#include "tacit/export/onnx_runtime.h"
#include "tacit/onnx/model.h"
#include "tests/core/folder.h"
#include "tests/methods/rows.h"

namespace tacit {
namespace {

const Spec kSpec = TableRows(1).spec();

TableMlp made(const TableMlpConfig& config) { return {config, kSpec, Rng(1)}; }

Tensor rows(int64_t count = 20) { return all_of(TableRows(count)).x; }

TEST(Activate, IsEachFunctionByItsName) {
  const auto at = [](Activation activation, double x) {
    return activate(activation, at::full({1}, x, at::kDouble)).item<double>();
  };
  const double x = -1.5;
  EXPECT_EQ(at(Activation::relu, x), 0);
  EXPECT_NEAR(at(Activation::leaky_relu, x), 0.01 * x, 1e-12);
  EXPECT_NEAR(at(Activation::elu, x), std::exp(x) - 1, 1e-12);
  EXPECT_NEAR(at(Activation::selu, x), 1.0507009873554805 * 1.6732632423543772 * std::expm1(x),
              1e-12);
  EXPECT_NEAR(at(Activation::gelu, x), x * 0.5 * std::erfc(-x / std::sqrt(2.0)), 1e-12);
  EXPECT_NEAR(at(Activation::silu, x), x / (1 + std::exp(-x)), 1e-12);
  EXPECT_NEAR(at(Activation::tanh, x), std::tanh(x), 1e-12);
  EXPECT_NEAR(at(Activation::sigmoid, x), 1 / (1 + std::exp(-x)), 1e-12);
  for (const Activation linear : {Activation::relu, Activation::leaky_relu, Activation::elu})
    EXPECT_EQ(at(linear, 2), 2);
}

TEST(TableMlp, ItsFeaturesAreAllLayersSideBySideOrTheLast) {
  TableMlp all = made({.widths = {7, 5, 3}, .features = FeatureLayers::all});
  const std::vector<Tensor> layers = all.layers(rows());
  ASSERT_EQ(layers.size(), 4u);  // the embedded row first
  EXPECT_EQ(all.features(), layers[0].size(1) + 15);
  EXPECT_TRUE(all.forward(rows()).equal(at::cat(layers, 1)));
  TableMlp last = made({.widths = {7, 5, 3}, .features = FeatureLayers::last});
  EXPECT_EQ(last.features(), 3);
  EXPECT_TRUE(last.forward(rows()).equal(layers.back()));
  EXPECT_EQ(last.code_width(), 3);
  EXPECT_EQ(all.code_width(), 3);
}

TEST(TableMlp, IsDenseLayersOnTheEmbeddedFields) {
  TableMlp encoder = made({.widths = {4, 3}, .activation = Activation::tanh});
  const auto w = weights(encoder);
  const FieldEmbedding embedding(kSpec.fields, TableMlpConfig().bins, Rng(1).stream("embedding"));
  EXPECT_TRUE(embedding.parameters()[0].equal(w.at("embedding.vectors")));
  const Tensor row = embedding.forward(rows());
  const Tensor first = at::linear(row, w.at("dense1_weight"), w.at("dense1_bias")).tanh();
  const Tensor second = at::linear(first, w.at("dense2_weight"), w.at("dense2_bias")).tanh();
  EXPECT_TRUE(encoder.forward(rows()).allclose(at::cat({row, first, second}, 1), 1e-6, 1e-7));
}

TEST(TableMlp, SendsAGradientToEveryParameterWithEveryActivation) {
  for (const std::string& name : names(Activation{})) {
    TableMlp encoder =
        made({.widths = {32, 16}, .activation = enum_value<Activation>(name, "activation")});
    encoder.layers(rows()).back().square().sum().backward();
    for (const auto& item : encoder.named_parameters())
      EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << name << " " << item.key();
  }
}

TEST(TableMlp, MarksAMissingNumberApartFromAMeanOne) {
  TableMlp encoder = made({.widths = {16}, .bins = 0, .features = FeatureLayers::last});
  const Tensor mean = rows(1).clone(), missing = mean.clone();
  mean[0][0] = 0;
  missing[0][0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(encoder.forward(missing).isfinite().all().item<bool>());
  EXPECT_FALSE(encoder.forward(missing).equal(encoder.forward(mean)));
  auto all = weights(encoder);  // without what the marks weigh, the two are the same
  all["dense1_weight"].slice(1, 4, 8).zero_();
  set_weights(encoder, all);
  EXPECT_TRUE(encoder.forward(missing).equal(encoder.forward(mean)));
}

TEST(TableMlp, DropsItsShareOfNumbersWhileTrainingAlone) {
  TableMlp encoder = made({.widths = {400},
                           .activation = Activation::sigmoid,
                           .dropout = 0.25,
                           .features = FeatureLayers::last});
  at::manual_seed(1);
  const double dropped = encoder.forward(rows(50)).eq(0).to(at::kDouble).mean().item<double>();
  EXPECT_NEAR(dropped, 0.25, 5 * std::sqrt(0.25 * 0.75 / (50 * 400)));
  encoder.eval();
  EXPECT_FALSE(encoder.forward(rows(50)).eq(0).any().item<bool>());
}

TEST(TableMlp, ItsLastBlockIsItsLastLayer) {
  TableMlp encoder = made({.widths = {4, 3}});
  const auto parameters = encoder.named_parameters();
  const std::vector<Tensor> block = encoder.last_block();
  ASSERT_EQ(block.size(), 2u);
  EXPECT_TRUE(block[0].is_same(parameters["dense2_weight"]));
  EXPECT_TRUE(block[1].is_same(parameters["dense2_bias"]));
}

class TableMlpFile : public FolderTest {};

TEST_F(TableMlpFile, KeepsWeightsOfATableWithoutCategories) {
  const Spec numbers{Modality::table, {2}, 0, {"a", "b"}, {{"a", "a", 0}, {"b", "b", 0}}};
  TableMlp encoder({.widths = {3}}, numbers, Rng(1)), other({.widths = {3}}, numbers, Rng(2));
  write_safetensors(folder / "weights", {weights(encoder), {}});
  set_weights(other, read_safetensors(folder / "weights").tensors);
  const Tensor x = at::ones({2, 2});
  EXPECT_TRUE(other.forward(x).equal(encoder.forward(x)));
}

TEST(TableMlp, RefusesWhatItCannotBeMadeOf) {
  const auto has = [](const std::string& message, const char* part) {
    return message.find(part) != std::string::npos;
  };
  EXPECT_PRED2(has, message_of<ConfigError>([] { made({.widths = {}}); }), "encoder.widths");
  Spec raw = kSpec;
  raw.fields.clear();
  EXPECT_PRED2(has, message_of<ConfigError>([&] { TableMlp({}, raw, Rng(1)); }), "data.source");
}

/// y = block(graph, x) in ONNX Runtime.
template <class Block>
Tensor in_onnx(const Tensor& x, int64_t width, Block block) {
  onnx::Graph graph("block");
  graph.output("y", block(graph, graph.input("x", {x.size(1)})), {width});
  return OnnxSession(OnnxRuntime(), onnx::write_model(graph)).run("x", x, {"y"}).at(0);
}

TEST(TableMlp, EmitsEachActivationByItsName) {
  const Tensor x = at::linspace(-6, 6, 64).view({4, 16});
  for (const std::string& name : names(Activation{})) {
    const auto activation = enum_value<Activation>(name, "activation");
    const Tensor y = in_onnx(x, 16, [&](onnx::Graph& graph, const onnx::Value& value) {
      return emit_activation(activation, graph, value);
    });
    EXPECT_TRUE(y.allclose(activate(activation, x), 1e-5, 1e-6)) << name;
  }
}

TEST(TableMlp, EmitsWhatItComputes) {
  for (const FeatureLayers features : {FeatureLayers::last, FeatureLayers::all}) {
    TableMlp encoder = made({.widths = {7, 5}, .features = features});
    encoder.eval();
    const Tensor y = in_onnx(rows(), encoder.features(), [&](onnx::Graph& graph, const auto& x) {
      return encoder.emit(graph, x);
    });
    EXPECT_TRUE(y.allclose(encoder.forward(rows()), 1e-5, 1e-6)) << enum_name(features);
  }
}

}  // namespace
}  // namespace tacit
