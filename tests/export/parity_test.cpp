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

TEST_F(ParityTest, TriesEachWindowInTheUnitsOfTheSensors) {
  const auto trials = parity_trials(pipeline_.artifact.spec, pipeline_.normalizer());
  int64_t random = 0;
  double highest = 0, lowest = 1;
  for (const Trial& trial : trials) {
    EXPECT_EQ(trial.x.sizes().slice(1), (at::IntArrayRef{3, 100}));
    EXPECT_TRUE(trial.x.isfinite().all().item<bool>());
    if (trial.name == "noise" || trial.name == "random walks") random += trial.x.size(0);
    highest = std::max(highest, trial.x.abs().max().item<double>());
    lowest = std::min(lowest, trial.x.abs().max().item<double>());
  }
  EXPECT_GE(random, 100);
  EXPECT_GE(highest, 1000);
  EXPECT_EQ(lowest, 0);
  EXPECT_NEAR(trials.at(0).x.select(1, 2).mean().item<double>(), 9.81, 0.5);
}

}  // namespace
}  // namespace tacit
