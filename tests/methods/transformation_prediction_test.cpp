// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/transformation_prediction.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/onnx/graph.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

/// Features that say which changes a window [x, x, x] = 0 … 63 went through: negated, turned round.
class Oracle final : public Encoder {
 public:
  explicit Oracle(int64_t width) : width_(width) {}
  Tensor forward(const Tensor& x) override {
    rows = x.size(0);
    const Tensor first = x.select(1, 0), rise = first.select(1, 63) - first.select(1, 0);
    const Tensor negated = (first.sum(1) < 0), turned = (rise < 0).logical_xor(negated);
    return at::cat({at::stack({negated, turned}, 1).to(at::kFloat), at::zeros({rows, width_ - 2})},
                   1);
  }
  int64_t features() const override { return width_; }
  std::vector<Tensor> last_block() override { return {}; }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }
  int64_t rows = 0;

 private:
  int64_t width_;
};

Batch ramps(int64_t rows) {
  const Tensor x = at::linspace(0, 63, 64).expand({rows, 3, 64}).contiguous();
  return {x, at::zeros({rows}, at::kLong), at::arange(rows)};
}

struct Rig {
  std::shared_ptr<Oracle> encoder = std::make_shared<Oracle>(4);
  TransformationPrediction method;
  explicit Rig(Examples examples, double probability = 0.5,
               std::vector<std::string> tasks = {"negation", "time_flip"})
      : method({.examples = examples,
                .probability = probability,
                .hidden = 1,
                .tasks = std::move(tasks)},
               {Waves(1).spec(), encoder, Rng(1)}) {}
  /// Head s: logit = size * relu(feature s) + bias.
  void set_heads(double size, double bias) {
    const c10::AutoGradMode no_grad(false);
    auto all = method.named_parameters();
    all["heads.hidden_weight"].copy_(at::eye(2, 4));
    all["heads.hidden_bias"].zero_();
    all["heads.weight"].fill_(size);
    all["heads.bias"].fill_(bias);
  }
};

double part(const Loss& loss, const std::string& name) {
  for (const auto& [key, value] : loss.parts)
    if (key == name) return value.item<double>();
  ADD_FAILURE() << "no " << name;
  return 0;
}

constexpr Examples kAll[] = {Examples::all_versions, Examples::pairs, Examples::composed};

TEST(TransformationPrediction, PerfectHeadsHaveNoLossAndFullAccuracy) {
  for (const Examples examples : kAll) {
    Rig setup(examples);
    setup.set_heads(60, -30);
    const Loss loss = loss_of(setup.method, ramps(20), 1);
    EXPECT_NEAR(loss.total.item<double>(), 0, 1e-6) << enum_name(examples);
    for (const char* task : {"negation", "time_flip"}) {
      EXPECT_NEAR(part(loss, std::string(task) + "/accuracy"), 1, 1e-6);
      EXPECT_NEAR(part(loss, std::string(task) + "/loss"), 0, 1e-6);
    }
  }
}

TEST(TransformationPrediction, AHeadThatAlwaysSaysTheSameIsRightHalfTheTime) {
  for (const Examples examples : {Examples::all_versions, Examples::pairs})
    for (const double bias : {-3., 3.}) {
      Rig setup(examples);
      setup.set_heads(0, bias);
      const Loss loss = loss_of(setup.method, ramps(5), 1);
      const double wanted = 0.5 * (std::log1p(std::exp(3)) + std::log1p(std::exp(-3)));
      EXPECT_NEAR(loss.total.item<double>(), wanted, 1e-4) << enum_name(examples);
      EXPECT_NEAR(part(loss, "negation/accuracy"), 0.5, 1e-5);
      EXPECT_NEAR(part(loss, "time_flip/loss"), wanted, 1e-4);
    }
}

TEST(TransformationPrediction, PairsDoNotAskAHeadAboutOtherTasks) {
  for (const Examples examples : {Examples::all_versions, Examples::pairs}) {
    Rig setup(examples);
    setup.set_heads(60, -30);
    // Head 0 says yes to turned windows too: wrong, but only where it is asked about them.
    const c10::AutoGradMode no_grad(false);
    setup.method.named_parameters()["heads.hidden_weight"].copy_(
        at::tensor({1.f, 1.f, 0.f, 0.f, 0.f, 1.f, 0.f, 0.f}).view({2, 4}));
    const Loss loss = loss_of(setup.method, ramps(5), 1);
    EXPECT_NEAR(part(loss, "negation/accuracy"), examples == Examples::pairs ? 1 : 0.75, 1e-5);
    EXPECT_NEAR(part(loss, "time_flip/accuracy"), 1, 1e-5);
  }
}

TEST(TransformationPrediction, MakesOneExampleAVersionOrOneAWindow) {
  for (const Examples examples : kAll) {
    Rig setup(examples);
    loss_of(setup.method, ramps(5), 1);
    EXPECT_EQ(setup.encoder->rows, examples == Examples::composed ? 5 : 15);
  }
}

TEST(TransformationPrediction, ComposesWithTheAskedProbability) {
  Rig setup(Examples::composed, 0.2);
  setup.set_heads(0, 5);  // says that everything was applied
  const Loss loss = loss_of(setup.method, ramps(2000), 1);
  EXPECT_NEAR(part(loss, "negation/accuracy"), 0.2, 0.04);
  EXPECT_NEAR(part(loss, "time_flip/accuracy"), 0.2, 0.04);
}

TEST(TransformationPrediction, PredictsAllEightUnlessTasksAreNamed) {
  Rig all(Examples::all_versions, 0.5, {}), one(Examples::all_versions, 0.5, {"rotation"});
  EXPECT_EQ(loss_of(all.method, Waves(2).all(), 1).parts.size(), 16u);
  const Loss loss = loss_of(one.method, Waves(2).all(), 1);
  EXPECT_EQ(loss.parts.size(), 2u);
  EXPECT_EQ(loss.parts[0].first, "rotation/loss");
}

TEST(TransformationPrediction, RefusesAnUnknownTask) {
  const std::string message =
      message_of<ConfigError>([] { Rig(Examples::pairs, 0.5, {"negaton"}); });
  EXPECT_NE(message.find("method.tasks"), std::string::npos) << message;
  EXPECT_NE(message.find("\"negation\""), std::string::npos) << message;
}

}  // namespace
}  // namespace tacit
