// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/transformation_recognition.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/onnx/graph.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

constexpr int64_t kTasks = 7;

/// Says of each of 7 N examples, which stand version by version, which version it is.
class Oracle final : public Encoder {
 public:
  Tensor forward(const Tensor& x) override {
    return at::eye(kTasks).repeat_interleave(x.size(0) / kTasks, 0);
  }
  int64_t features() const override { return kTasks; }
  std::vector<Tensor> last_block() override { return {}; }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }
};

/// Heads whose logit is size * (feature of their own task) + bias.
std::unique_ptr<TransformationRecognition> with_heads(double size, double bias,
                                                      const RecognitionWeights& weights = {}) {
  auto method = std::make_unique<TransformationRecognition>(
      TransformationRecognitionConfig{.hidden = 1, .dropout = 0, .weights = weights},
      Ingredients{Waves(1).spec(), std::make_shared<Oracle>(), Rng(1)});
  const c10::AutoGradMode no_grad(false);
  auto all = method->named_parameters();
  all["heads.hidden_weight"].copy_(at::eye(kTasks));
  all["heads.weight2"].fill_(1);
  all["heads.weight"].fill_(size);
  all["heads.bias"].fill_(bias);
  return method;
}

double part(const Loss& loss, const std::string& name) {
  for (const auto& [key, value] : loss.parts)
    if (key == name) return value.item<double>();
  ADD_FAILURE() << "no " << name;
  return 0;
}

TEST(TransformationRecognition, PerfectHeadsHaveNoLossAndFullF1) {
  const Loss loss = loss_of(*with_heads(60, -30), Waves(6).all(), 1);
  EXPECT_NEAR(loss.total.item<double>(), 0, 1e-6);
  for (const char* task :
       {"original", "noise", "scaling", "negation", "inversion", "permutation", "time_warp"})
    EXPECT_NEAR(part(loss, std::string(task) + "/f1"), 1, 1e-6) << task;
}

TEST(TransformationRecognition, HeadsThatAlwaysSayYesHaveTheF1OfOneInSeven) {
  const Loss loss = loss_of(*with_heads(0, 3), Waves(6).all(), 1);
  EXPECT_NEAR(part(loss, "noise/f1"), 2.0 / (kTasks + 1), 1e-6);
  const double each = (std::log1p(std::exp(-3)) + 6 * std::log1p(std::exp(3))) / kTasks;
  EXPECT_NEAR(part(loss, "noise/loss"), each, 1e-5);
  EXPECT_NEAR(loss.total.item<double>(), each, 1e-5);  // the paper's weights add up to 1
}

TEST(TransformationRecognition, WeighsHeadsAsAsked) {
  const RecognitionWeights weights{0, 0, 2, 0, 0, 0.5, 0};
  const Loss loss = loss_of(*with_heads(1, 0, weights), Waves(6).all(), 1);
  EXPECT_NEAR(loss.total.item<double>(),
              2 * part(loss, "scaling/loss") + 0.5 * part(loss, "permutation/loss"), 1e-5);
}

TEST(TransformationRecognition, LearnsToTellVersionsApart) {
  const auto method = std::dynamic_pointer_cast<TransformationRecognition>(
      small_method("transformation_recognition"));
  const Batch batch = Waves(16).all();
  const double before = loss_of(*method, batch, 1).total.item<double>();
  for (int step = 0; step < 60; ++step) {
    method->zero_grad();
    loss_of(*method, batch, static_cast<uint64_t>(step)).total.backward();
    const c10::AutoGradMode no_grad(false);
    for (Tensor& parameter : method->parameters()) parameter.sub_(parameter.grad(), 0.3);
  }
  EXPECT_LT(loss_of(*method, batch, 1).total.item<double>(), 0.95 * before);
}

}  // namespace
}  // namespace tacit
