// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/pipeline.h"

#include <gtest/gtest.h>

#include "tacit/export/onnx_runtime.h"
#include "tacit/onnx/model.h"
#include "tests/export/pipelines.h"

namespace tacit {
namespace {

const Json kSmall{{"filters", {4}}, {"kernels", {5}}, {"strides", {2}}};

TEST(PipelineTest, NormalisesEncodesAndClassifies) {
  Pipeline pipeline = pipeline_of("temporal_conv", kSmall);
  add_head(pipeline, 0);
  const Artifact& artifact = pipeline.artifact;
  const Tensor x = normals({6, 3, 100}, Rng(5));
  const auto& normalizer = std::get<Normalizer>(artifact.preprocessing);
  const Tensor scaled = (x - normalizer.mean.view({1, 3, 1})) / normalizer.scale.view({1, 3, 1});
  const Tensor features = artifact.encoder->forward(scaled);
  const auto results = pipeline.forward(x);
  ASSERT_EQ(results.size(), pipeline.outputs().size());
  EXPECT_TRUE(results[0].allclose(features, 1e-6, 1e-7));
  EXPECT_TRUE(results[1].allclose(pipeline.head->forward(features).softmax(1), 1e-6, 1e-7));
  EXPECT_TRUE(results[1].sum(1).allclose(at::ones({6})));
}

TEST(PipelineTest, TellsANumberInTheUnitsOfTheLabel) {
  Pipeline pipeline = pipeline_of("temporal_conv", kSmall);
  add_head(pipeline, 0, 0);
  pipeline.head->set_units(40, 10);
  const Tensor x = normals({6, 3, 100}, Rng(5));
  const auto tens = pipeline.forward(x);
  EXPECT_EQ(pipeline.outputs()[1], "number");
  EXPECT_EQ(tens[1].sizes(), (std::vector<int64_t>{6, 1}));
  pipeline.head->set_units(0, 1);
  EXPECT_TRUE(tens[1].allclose(pipeline.forward(x)[1] * 10 + 40));
  EXPECT_EQ(pipeline.graph().outputs()[1].row, onnx::Ints{1});
  EXPECT_FALSE(pipeline.graph().metadata().contains("classes"));
}

TEST(PipelineTest, GivesFeaturesAloneWithoutAHead) {
  const Pipeline pipeline = pipeline_of("temporal_conv", kSmall);
  EXPECT_EQ(pipeline.outputs(), (std::vector<std::string>{"features"}));
  EXPECT_EQ(pipeline.graph().outputs().size(), 1u);
  EXPECT_FALSE(pipeline.graph().metadata().contains("classes"));
}

TEST(PipelineTest, TellsItsUserWhatGoesInAndComesOut) {
  Pipeline pipeline = pipeline_of("temporal_conv", kSmall);
  add_head(pipeline, 4);
  const onnx::Graph graph = pipeline.graph();
  const std::map<std::string, std::string> wanted{
      {"rate_hz", "50.0"},          {"channels", R"(["ax","ay","az"])"},
      {"window_length", "100"},     {"method", "autoencoder"},
      {"encoder", "temporal_conv"}, {"classes", R"(["sit","stand","walk"])"}};
  std::map<std::string, std::string> found = graph.metadata();
  for (const char* of_the_build : {"tacit_version", "tacit_commit"}) {
    EXPECT_FALSE(found[of_the_build].empty());
    found.erase(of_the_build);
  }
  EXPECT_EQ(found, wanted);
  ASSERT_EQ(graph.inputs().size(), 1u);
  EXPECT_EQ(graph.inputs()[0].name, "signal");
  EXPECT_EQ(graph.inputs()[0].row, (onnx::Ints{3, 100}));
  ASSERT_EQ(graph.outputs().size(), 2u);
  EXPECT_EQ(graph.outputs()[0].row, onnx::Ints{4});
  EXPECT_EQ(graph.outputs()[1].name, "probabilities");
  EXPECT_EQ(graph.outputs()[1].row, onnx::Ints{3});
}

TEST(PipelineTest, EncodesRowsOfATableAsTheyAreRead) {
  Pipeline pipeline = pipeline_of("table_mlp", {{"widths", {4}}});
  add_head(pipeline, 0);
  const Tensor x = odd_table(6).cells();
  const Tensor features = pipeline.artifact.encoder->forward(odd_columns().apply(x));
  const auto results = pipeline.forward(x);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_TRUE(results[0].equal(features));
  EXPECT_TRUE(results[1].equal(pipeline.head->forward(features).softmax(1)));
}

TEST(PipelineTest, TellsTheUserOfATableItsColumnsAndTheirCategories) {
  const Pipeline pipeline = pipeline_of("table_mlp", {{"widths", {4}}});
  const onnx::Graph graph = pipeline.graph();
  EXPECT_EQ(graph.inputs().at(0).name, "rows");
  EXPECT_EQ(graph.inputs().at(0).row, onnx::Ints{13});
  EXPECT_EQ(graph.outputs().at(0).row, onnx::Ints{pipeline.artifact.encoder->features()});
  const auto& about = graph.metadata();
  for (const char* of_signals : {"rate_hz", "channels", "window_length"})
    EXPECT_FALSE(about.contains(of_signals)) << of_signals;
  const Json columns = Json::parse(about.at("columns"));
  ASSERT_EQ(columns.size(), 11u);
  EXPECT_EQ(columns[0], Json::parse(R"({"name": "city", "kind": "categorical",
                                        "categories": ["Bonn", "Köln", "Ulm", "Rust"]})"));
  EXPECT_EQ(columns[1], Json::parse(R"({"name": "pay", "kind": "numeric"})"));
  EXPECT_EQ(columns[2], Json::parse(R"({"name": "joined", "kind": "datetime"})"));
  EXPECT_EQ(columns[7].at("categories"), Json::array());
}

TEST(GeneratorPipelineTest, TakesNoiseAndTheClassWhereItIsToldOne) {
  for (const auto normalization :
       {GeneratorNormalization::batch, GeneratorNormalization::conditional,
        GeneratorNormalization::self_modulated}) {
    const GeneratorPipeline pipeline = generator_pipeline(normalization);
    const onnx::Graph graph = pipeline.graph();
    std::vector<std::string> names;
    for (const onnx::Port& port : graph.inputs()) names.push_back(port.name);
    EXPECT_EQ(names, pipeline.inputs());
    EXPECT_EQ(graph.inputs().at(0).row, onnx::Ints{6});
    EXPECT_EQ(graph.inputs().at(0).type, at::kFloat);
    const bool is_told = normalization == GeneratorNormalization::conditional;
    ASSERT_EQ(names, is_told ? (std::vector<std::string>{"noise", "class"})
                             : std::vector<std::string>{"noise"});
    if (is_told) {
      EXPECT_EQ(graph.inputs()[1].row, onnx::Ints{});
      EXPECT_EQ(graph.inputs()[1].type, at::kLong);
    }
    ASSERT_EQ(graph.outputs().size(), 1u);
    EXPECT_EQ(graph.outputs()[0].name, "images");
    EXPECT_EQ(graph.outputs()[0].row, (onnx::Ints{3, 32, 32}));
  }
}

TEST(GeneratorPipelineTest, TellsItsUserWhatGoesInAndComesOut) {
  std::map<std::string, std::string> wanted{{"method", "ssgan"},
                                            {"generator", "gan_generator"},
                                            {"channels", R"(["red","green","blue"])"},
                                            {"noise", "standard normal"},
                                            {"pixels", "[0,255]"}};
  for (const auto normalization :
       {GeneratorNormalization::batch, GeneratorNormalization::conditional}) {
    std::map<std::string, std::string> found = generator_pipeline(normalization).graph().metadata();
    for (const char* of_the_build : {"tacit_version", "tacit_commit"}) {
      EXPECT_FALSE(found[of_the_build].empty());
      found.erase(of_the_build);
    }
    if (normalization == GeneratorNormalization::conditional)
      wanted["classes"] = R"(["cat","dog","horse"])";
    EXPECT_EQ(found, wanted);
  }
}

TEST(GeneratorPipelineTest, MakesPixelsFromZeroTo255) {
  const GeneratorPipeline pipeline = generator_pipeline(GeneratorNormalization::conditional);
  const OnnxSession session(OnnxRuntime(), onnx::write_model(pipeline.graph()));
  const Tensor z = normals({7, 6}, Rng(5)), y = at::tensor({2, 0, 1, 1, 0, 2, 2}, at::kLong);
  const Tensor own = (pipeline.generator.network->forward(z, y) + 1) * 127.5;
  const Tensor images = session.run({{"noise", z}, {"class", y}}, {"images"}).at(0);
  EXPECT_LT((images - own).abs().max().item<double>(), 1e-2);
  EXPECT_GE(images.min().item<double>(), 0);
  EXPECT_LE(images.max().item<double>(), 255);
  EXPECT_GT(images.std().item<double>(), 10);
}

}  // namespace
}  // namespace tacit
