// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/parity.h"

#include "tacit/onnx/model.h"
#include "tests/core/folder.h"
#include "tests/export/pipelines.h"

namespace tacit {
namespace {

const Json kSmall{{"filters", {4}}, {"kernels", {5}}, {"strides", {2}}};

class ParityTest : public testing::Test {
 protected:
  ParityTest() { add_head(pipeline_, 0); }
  /// The refusal when the file was made of a pipeline that `change` changed.
  template <class Change>
  std::string refusal(Change change) {
    const std::string own = onnx::write_model(pipeline_.graph());
    EXPECT_NO_THROW(require_parity(pipeline_, own, runtime_));
    Pipeline other = pipeline_of("temporal_conv", kSmall);
    add_head(other, 0);
    const c10::AutoGradMode no_grad(false);
    change(other);
    return message_of<StateError>(
        [&] { require_parity(pipeline_, onnx::write_model(other.graph()), runtime_); });
  }
  Pipeline pipeline_ = pipeline_of("temporal_conv", kSmall);
  const OnnxRuntime runtime_;
};

TEST_F(ParityTest, SaysHowMuchWasComparedAndHowFarItIsApart) {
  const Parity parity = require_parity(pipeline_, onnx::write_model(pipeline_.graph()), runtime_);
  EXPECT_EQ(parity.windows, 64 + 64 + 1 + 7 + 10);
  EXPECT_LT(parity.largest, 1e-5);
  EXPECT_EQ(parity.runtime, runtime_.version());
}

TEST_F(ParityTest, NoticesASlightChangeOfAnyPart) {
  const auto small = [](Tensor value) { value.view(-1)[0].add_(3e-3); };
  EXPECT_NE(refusal([&](Pipeline& p) {
              small(std::get<Normalizer>(p.artifact.preprocessing).scale);
            }).find("\"features\""),
            std::string::npos);
  EXPECT_NE(refusal([&](Pipeline& p) {
              small(p.artifact.encoder->parameters()[0]);
            }).find("\"features\""),
            std::string::npos);
  const std::string of_head = refusal([&](Pipeline& p) { small(p.head->parameters()[0]); });
  EXPECT_NE(of_head.find("\"probabilities\""), std::string::npos);
  EXPECT_NE(of_head.find("nothing was kept"), std::string::npos);
}

TEST_F(ParityTest, NoticesASlightChangeOfAHeadThatTellsNumbers) {
  const auto file = [](double change) {
    Pipeline pipeline = pipeline_of("temporal_conv", kSmall);
    add_head(pipeline, 0, /*classes=*/0);
    const c10::AutoGradMode no_grad(false);
    pipeline.head->parameters()[0].view(-1)[0].add_(change);
    return onnx::write_model(pipeline.graph());
  };
  add_head(pipeline_, 0, /*classes=*/0);
  EXPECT_NO_THROW(require_parity(pipeline_, file(0), runtime_));
  EXPECT_NE(message_of<StateError>([&] {
              require_parity(pipeline_, file(3e-3), runtime_);
            }).find("\"number\""),
            std::string::npos);
}

TEST_F(ParityTest, NoticesNumbersThatAreNotNumbers) {
  refusal([](Pipeline& p) { p.head->parameters()[0].fill_(NAN); });
}

TEST_F(ParityTest, NoticesAnotherShape) {
  Pipeline wider =
      pipeline_of("temporal_conv", {{"filters", {5}}, {"kernels", {5}}, {"strides", {2}}});
  add_head(wider, 0);
  EXPECT_NE(message_of<StateError>([&] {
              require_parity(pipeline_, onnx::write_model(wider.graph()), runtime_);
            }).find("shape"),
            std::string::npos);
}

/// The refusal when the columns of the file were encoded otherwise.
template <class Change>
std::string refusal_of_columns(Change change) {
  const Pipeline own = pipeline_of("table_mlp", {{"widths", {8}}});
  const OnnxRuntime runtime;
  EXPECT_NO_THROW(require_parity(own, onnx::write_model(own.graph()), runtime));
  std::map<std::string, Tensor> tensors;
  Json columns = odd_columns().describe(tensors);
  change(columns, tensors);
  Pipeline other = pipeline_of("table_mlp", {{"widths", {8}}});
  other.artifact.preprocessing = ColumnEncoders::load(columns, tensors);
  return message_of<StateError>(
      [&] { require_parity(own, onnx::write_model(other.graph()), runtime); });
}

TEST(ParityOfTables, NoticesASlightChangeOfAnyColumn) {
  const auto notices = [](auto change) {
    const std::string sentence = refusal_of_columns(change);
    EXPECT_NE(sentence.find("\"features\""), std::string::npos) << sentence;
  };
  const auto slightly = [](Json& number, double by) { number = number.get<double>() + by; };
  notices([&](Json& columns, auto&) { slightly(columns[10]["shift"], 0.1); });
  notices([&](Json& columns, auto&) { slightly(columns[9]["scale"], 20); });
  notices([](Json& columns, auto&) { columns[0]["kept"] = {0, 2, 1}; });
  notices([](Json& columns, auto&) { columns[0]["kept"] = {0, 1, 3}; });
  notices([](Json&, auto& tensors) { tensors.at("columns.1.normals").mul_(1.01); });
  notices([](Json&, auto& tensors) { tensors.at("columns.3.values")[1].add_(0.05); });
  notices([](Json&, auto& tensors) { tensors.at("columns.2.values")[-1].sub_(0.1); });
}

class ParityOfGenerators : public testing::TestWithParam<GeneratorNormalization> {
 protected:
  /// The refusal when the file was made of a generator that `change` changed.
  template <class Change>
  std::string refusal(Change change) {
    const GeneratorPipeline other = generator_pipeline(GetParam());
    const c10::AutoGradMode no_grad(false);
    change(*other.generator.network);
    return message_of<StateError>(
        [&] { require_parity(pipeline_, onnx::write_model(other.graph()), runtime_); });
  }
  const GeneratorPipeline pipeline_ = generator_pipeline(GetParam());
  const OnnxRuntime runtime_;
};
INSTANTIATE_TEST_SUITE_P(Normalizations, ParityOfGenerators,
                         testing::Values(GeneratorNormalization::batch,
                                         GeneratorNormalization::conditional,
                                         GeneratorNormalization::self_modulated),
                         [](const auto& each) { return enum_name(each.param); });

TEST_P(ParityOfGenerators, SayHowMuchWasComparedAndHowFarItIsApart) {
  const Parity parity = require_parity(pipeline_, onnx::write_model(pipeline_.graph()), runtime_);
  const bool is_told = GetParam() == GeneratorNormalization::conditional;
  EXPECT_EQ(parity.windows, 16 + 1 + 3 + 1 + 3 + (is_told ? 3 : 0) + 3 + 3);
  EXPECT_GT(parity.largest, 0);
  EXPECT_LT(parity.largest, 1e-5);
  EXPECT_EQ(parity.runtime, runtime_.version());
}

TEST_P(ParityOfGenerators, NoticeASlightChangeOfAnyPart) {
  const auto notices = [&](const auto& tensors) {
    for (const auto& item : tensors) {
      const std::string& name = item.key();
      if (name.starts_with("block1.") || name.starts_with("block2.")) continue;  // as the third
      const std::string sentence = refusal([&](GanGenerator& generator) {
        (name.find("running") == std::string::npos ? generator.named_parameters()
                                                   : generator.named_buffers())[name]
            .add_(0.02);
      });
      EXPECT_NE(sentence.find("\"images\""), std::string::npos) << name << ": " << sentence;
      EXPECT_NE(sentence.find("nothing was kept"), std::string::npos) << name;
    }
  };
  notices(pipeline_.generator.network->named_parameters());
  notices(pipeline_.generator.network->named_buffers());
}

TEST_P(ParityOfGenerators, NoticeNumbersThatAreNotNumbers) {
  const auto spoil = [](GanGenerator& generator) {
    generator.named_parameters()["bias"].fill_(NAN);
  };
  refusal(spoil);
  const c10::AutoGradMode no_grad(false);
  spoil(*pipeline_.generator.network);  // and where both are not
  refusal(spoil);
}

TEST_P(ParityOfGenerators, NoticeOtherPixels) {
  GeneratorPipeline grey = generator_pipeline(GetParam());
  grey.artifact.spec = {Modality::image, {1, 32, 32}, 0, {"grey"}};
  grey.generator.network =
      std::make_shared<GanGenerator>(grey.generator.config, grey.artifact.encoder_spec(), Rng(1));
  grey.generator.network->eval();
  EXPECT_NE(message_of<StateError>([&] {
              require_parity(pipeline_, onnx::write_model(grey.graph()), runtime_);
            }).find("shape"),
            std::string::npos);
}

TEST(ParityOfHugeNoise, LeavesOutRowsWhoseSumsExceedFloat32) {
  const GeneratorPipeline pipeline = generator_pipeline(GeneratorNormalization::batch);
  const auto compared = [&] {
    return require_parity(pipeline, onnx::write_model(pipeline.graph()), OnnxRuntime()).windows;
  };
  EXPECT_EQ(compared(), 24 + 6);
  const c10::AutoGradMode no_grad(false);
  auto parameters = pipeline.generator.network->named_parameters();
  parameters["dense_weight"].mul_(1e36);
  parameters["weight"].mul_(1e-36);
  EXPECT_EQ(compared(), 24);
}

TEST(ParityOfConditionalGenerators, NoticesClassesInAnotherOrder) {
  const GeneratorPipeline own = generator_pipeline(GeneratorNormalization::conditional),
                          other = generator_pipeline(GeneratorNormalization::conditional);
  const c10::AutoGradMode no_grad(false);
  for (auto& item : other.generator.network->named_parameters())
    if (item.key().ends_with("of_class"))
      item.value().copy_(item.value().index({at::tensor({0, 2, 1}, at::kLong)}));
  EXPECT_NE(message_of<StateError>([&] {
              require_parity(own, onnx::write_model(other.graph()), OnnxRuntime());
            }).find("\"images\""),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
