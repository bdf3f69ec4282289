// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/table_transformer.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <limits>

#include "tacit/core/weights.h"
#include "tacit/export/onnx_runtime.h"
#include "tacit/onnx/model.h"
#include "tests/core/folder.h"
#include "tests/methods/rows.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const Spec kSpec = TableRows(1).spec();

TableTransformerConfig small(FeatureLayers features = FeatureLayers::last) {
  return {.width = 8, .depth = 2, .heads = 2, .hidden = 12, .features = features};
}
TableTransformer made(const TableTransformerConfig& config) { return {config, kSpec, Rng(1)}; }

Tensor rows(int64_t count = 20) { return all_of(TableRows(count)).x; }

/// Weights with which every layer weighs something; buffers say which fields there are and stay.
void stir_parameters(torch::nn::Module& module) {
  auto all = weights(module);
  uint64_t seed = 100;
  for (auto& item : module.named_parameters())
    all[item.key()] = numbers(item.value().sizes(), ++seed) * 0.5;
  set_weights(module, all);
}

TEST(TableTransformer, ItsFeaturesAreAllLayersSideBySideOrTheLast) {
  TableTransformer all = made(small(FeatureLayers::all)), last = made(small());
  const std::vector<Tensor> layers = all.layers(rows());
  ASSERT_EQ(layers.size(), 3u);  // the embedded row first
  for (const Tensor& layer : layers) EXPECT_EQ(layer.sizes(), (std::vector<int64_t>{20, 8}));
  EXPECT_TRUE(all.forward(rows()).equal(at::cat(layers, 1)));
  EXPECT_TRUE(last.forward(rows()).equal(layers.back()));
  EXPECT_EQ(all.features(), 24);
  EXPECT_EQ(last.features(), 8);
  EXPECT_EQ(all.code_width(), 8);
}

TEST(TableTransformer, IsBlocksOnTheClassTokenAndTheTokensOfFields) {
  TableTransformer encoder = made(small());
  stir_parameters(encoder);
  const auto w = weights(encoder);
  FieldTokens tokens(kSpec.fields, 8, 0, Rng(2));
  set_weights(tokens, with_prefix(w, "tokens."));
  const Tensor fields = tokens.forward(rows());
  Tensor h = at::cat({w.at("class_token").view({1, 1, 8}).repeat({20, 1, 1}), fields}, 1);
  std::vector<Tensor> wanted{fields.mean(1)};
  for (const char* name : {"block1.", "block2."}) {
    TransformerBlock block({8, 2, 12}, Rng(2));
    set_weights(block, with_prefix(w, name));
    h = block.forward(h);
    wanted.push_back(h.select(1, 0));
  }
  LayerNorm norm(8);
  set_weights(norm, with_prefix(w, "norm."));
  wanted.back() = norm.forward(wanted.back());
  const std::vector<Tensor> got = encoder.layers(rows());
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].allclose(wanted[i], 1e-4, 1e-5)) << i;
}

TEST(TableTransformer, SeesEveryField) {
  TableTransformer encoder = made(small());
  const Tensor x = rows(1), before = encoder.forward(x);
  for (int64_t field = 0; field < 6; ++field) {
    const Tensor other = x.clone();
    other[0][field] = kSpec.fields[static_cast<size_t>(field)].codes == 0 ? 3 : 1;
    EXPECT_FALSE(encoder.forward(other).allclose(before, 1e-3, 1e-4)) << field;
  }
}

TEST(TableTransformer, MarksAMissingNumberApartFromAMeanOne) {
  TableTransformer encoder = made(small());
  const Tensor mean = rows(1).clone(), missing = mean.clone();
  mean[0][0] = 0;
  missing[0][0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(encoder.forward(missing).isfinite().all().item<bool>());
  EXPECT_FALSE(encoder.forward(missing).allclose(encoder.forward(mean), 1e-3, 1e-4));
  auto all = weights(encoder);  // without the vectors of missing numbers, the two are the same
  all["tokens.scaled"].select(1, 1).zero_();
  set_weights(encoder, all);
  EXPECT_TRUE(encoder.forward(missing).equal(encoder.forward(mean)));
}

TEST(TableTransformer, DoesNotDependOnTheOrderOfFieldsOnceTheirTokensAreTheSame) {
  // Numbers a and b, and the same the other way round with their weights turned.
  const auto spec = [](std::vector<std::string> names) {
    return Spec{Modality::table, {2}, 0, names, {{names[0], names[0]}, {names[1], names[1]}}};
  };
  TableTransformer encoder(small(FeatureLayers::all), spec({"a", "b"}), Rng(1));
  TableTransformer turned(small(FeatureLayers::all), spec({"b", "a"}), Rng(2));
  stir_parameters(encoder);
  auto all = weights(encoder);
  for (const char* name : {"tokens.scaled", "tokens.bias"}) all[name] = all[name].flip(0);
  set_weights(turned, all);
  const Tensor x = numbers({9, 2}, 1);
  EXPECT_TRUE(turned.forward(x.flip(1)).allclose(encoder.forward(x), 1e-4, 1e-5));
  EXPECT_FALSE(turned.forward(x).allclose(encoder.forward(x), 1e-2, 1e-2));
}

TEST(TableTransformer, SendsAGradientToEveryParameter) {
  for (const FeatureLayers features : {FeatureLayers::last, FeatureLayers::all}) {
    TableTransformer encoder = made(small(features));
    stir_parameters(encoder);
    encoder.forward(rows()).pow(3).sum().backward();
    for (const auto& item : encoder.named_parameters())
      EXPECT_GT(item.value().grad().abs().max().item<double>(), 1e-6) << item.key();
  }
}

TEST(TableTransformer, ItsLastBlockIsTheLastTransformerBlockAndTheNormalisation) {
  TableTransformer encoder = made(small());
  std::vector<Tensor> wanted;
  for (const auto& item : encoder.named_parameters())
    if (item.key().starts_with("block2.") || item.key().starts_with("norm."))
      wanted.push_back(item.value());
  const std::vector<Tensor> got = encoder.last_block();
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].is_same(wanted[i])) << i;
}

TEST(TableTransformer, IsTheSameInOnnxRuntime) {
  const OnnxRuntime runtime;
  for (const FeatureLayers features : {FeatureLayers::last, FeatureLayers::all})
    for (const int64_t bins : {0, 6}) {
      TableTransformerConfig config = small(features);
      config.bins = bins;
      TableTransformer encoder = made(config);
      stir_parameters(encoder);
      onnx::Graph graph("table");
      graph.output("y", encoder.emit(graph, graph.input("x", {6})), {encoder.features()});
      const OnnxSession session(runtime, onnx::write_model(graph));
      for (const int64_t count : {1, 20}) {
        const Tensor x = rows(count).contiguous();
        EXPECT_TRUE(session.run("x", x, {"y"}).at(0).allclose(encoder.forward(x), 1e-4, 1e-4));
      }
    }
}

TEST(TableTransformer, RefusesWhatItCannotBeMadeOf) {
  const auto has = [](const std::string& message, const char* part) {
    return message.find(part) != std::string::npos;
  };
  TableTransformerConfig config = small();
  config.heads = 3;
  EXPECT_PRED2(has, message_of<ConfigError>([&] { made(config); }), "3 heads");
  Spec raw = kSpec;
  raw.fields.clear();
  EXPECT_PRED2(has, message_of<ConfigError>([&] { TableTransformer(small(), raw, Rng(1)); }),
               "data.source");
}

}  // namespace
}  // namespace tacit
