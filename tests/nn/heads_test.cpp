// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/heads.h"

#include <ATen/Functions.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "tacit/core/weights.h"

namespace tacit {
namespace {

Tensor numbers(at::IntArrayRef shape, uint64_t seed) {
  Rng rng(seed);
  Tensor x = at::empty(shape);
  for (int64_t i = 0; i < x.numel(); ++i)
    x.mutable_data_ptr<float>()[i] = static_cast<float>(rng.normal());
  return x;
}

/// Compares the gradient of sum(forward(x) * c) with central differences, parameter by parameter.
template <class Head>
void expect_true_gradients(Head& head, const Tensor& x, const Tensor& c) {
  (head.forward(x) * c).sum().backward();
  const c10::AutoGradMode no_grad(false);
  for (auto& item : head.named_parameters()) {
    Tensor flat = item.value().detach().view(-1);
    const Tensor gradient = item.value().grad().view(-1);
    for (int64_t i = 0; i < flat.numel(); ++i) {
      const float kept = flat[i].template item<float>(), h = 1e-2f;
      flat[i].fill_(kept + h);
      const double above = (head.forward(x) * c).sum().template item<double>();
      flat[i].fill_(kept - h);
      const double below = (head.forward(x) * c).sum().template item<double>();
      flat[i].fill_(kept);
      EXPECT_NEAR(gradient[i].template item<double>(), (above - below) / (2 * h), 0.02)
          << item.key() << "[" << i << "]";
    }
  }
}

TEST(MlpHead, IsTwoDenseLayersWithAReluBetween) {
  const MlpHead head(4, 5, 3, Rng(1));
  auto w = weights(head);
  const Tensor x = numbers({7, 4}, 2);
  const Tensor hidden =
      (at::matmul(x, w.at("hidden_weight").t()) + w.at("hidden_bias")).clamp_min(0);
  const Tensor wanted = at::matmul(hidden, w.at("weight").t()) + w.at("bias");
  EXPECT_TRUE(head.forward(x).allclose(wanted, 1e-5, 1e-6));
}

TEST(MlpHead, OfSeveralLayersRepeatsTheHiddenOneAndDropsWhileTrainingOnly) {
  MlpHead head(4, 5, 3, Rng(1), 3, 0.5);
  auto w = weights(head);
  const Tensor x = numbers({7, 4}, 2);
  Tensor wanted = x;
  for (const std::string number : {"", "2", "3"})
    wanted = (at::matmul(wanted, w.at("hidden_weight" + number).t()) + w.at("hidden_bias" + number))
                 .clamp_min(0);
  wanted = at::matmul(wanted, w.at("weight").t()) + w.at("bias");
  EXPECT_FALSE(head.forward(x).allclose(wanted, 1e-5, 1e-6));
  head.eval();
  EXPECT_TRUE(head.forward(x).allclose(wanted, 1e-5, 1e-6));
}

TEST(MlpHead, IsLinearWithoutAHiddenLayer) {
  const MlpHead head(4, 0, 3, Rng(1));
  auto w = weights(head);
  EXPECT_EQ(w.size(), 2u);
  const Tensor x = numbers({7, 4}, 2);
  EXPECT_TRUE(
      head.forward(x).allclose(at::matmul(x, w.at("weight").t()) + w.at("bias"), 1e-5, 1e-6));
}

TEST(TaskHeads, EqualSeparateHeads) {
  const int64_t tasks = 3, hidden = 4, features = 5;
  TaskHeads heads({.features = features, .hidden = hidden, .tasks = tasks}, Rng(1));
  auto w = weights(heads);
  w["hidden_bias"] = numbers({tasks * hidden}, 3);
  w["bias"] = numbers({tasks}, 4);
  set_weights(heads, w);
  const Tensor x = numbers({6, features}, 2);
  const Tensor together = heads.forward(x);
  ASSERT_EQ(together.sizes(), (std::vector<int64_t>{6, tasks}));
  for (int64_t task = 0; task < tasks; ++task) {
    MlpHead alone(features, hidden, 1, Rng(9));
    set_weights(alone,
                {{"hidden_weight", w["hidden_weight"].slice(0, task * hidden, (task + 1) * hidden)},
                 {"hidden_bias", w["hidden_bias"].slice(0, task * hidden, (task + 1) * hidden)},
                 {"weight", w["weight"].slice(0, task, task + 1)},
                 {"bias", w["bias"].slice(0, task, task + 1)}});
    EXPECT_TRUE(together.select(1, task).allclose(alone.forward(x).select(1, 0), 1e-5, 1e-6));
  }
}

TEST(TaskHeads, DeeperOnesEqualSeparateLayers) {
  const int64_t tasks = 2, hidden = 3;
  TaskHeads heads({.features = 4,
                   .hidden = hidden,
                   .tasks = tasks,
                   .layers = 2,
                   .negative_slope = 0.2,
                   .dropout = 0.6},
                  Rng(1));
  heads.eval();
  auto w = weights(heads);
  w["bias2"] = numbers({tasks, 1, hidden}, 3);
  set_weights(heads, w);
  const Tensor x = numbers({5, 4}, 2), together = heads.forward(x);
  for (int64_t task = 0; task < tasks; ++task) {
    const Tensor first = at::leaky_relu(
        at::matmul(x, w["hidden_weight"].slice(0, task * hidden, (task + 1) * hidden).t()), 0.2);
    const Tensor second =
        at::leaky_relu(at::matmul(first, w["weight2"][task]) + w["bias2"][task], 0.2);
    EXPECT_TRUE(
        together.select(1, task).allclose(at::matmul(second, w["weight"][task]), 1e-5, 1e-6));
  }
}

TEST(TaskHeads, DropWhileTrainingOnly) {
  TaskHeads heads({.features = 4, .hidden = 64, .tasks = 1, .dropout = 0.6}, Rng(1));
  const Tensor x = numbers({5, 4}, 2);
  EXPECT_FALSE(heads.forward(x).equal(heads.forward(x)));
  heads.eval();
  EXPECT_TRUE(heads.forward(x).equal(heads.forward(x)));
}

TEST(Heads, GradientsAgreeWithFiniteDifferences) {
  TaskHeads tasks({.features = 3, .hidden = 2, .tasks = 2}, Rng(1));
  expect_true_gradients(tasks, numbers({4, 3}, 5), numbers({4, 2}, 6));
  TaskHeads deep({.features = 3, .hidden = 2, .tasks = 2, .layers = 2, .negative_slope = 0.2},
                 Rng(1));
  expect_true_gradients(deep, numbers({4, 3}, 5), numbers({4, 2}, 6));
  MlpHead mlp(3, 2, 2, Rng(1));
  expect_true_gradients(mlp, numbers({4, 3}, 5), numbers({4, 2}, 6));
}

}  // namespace
}  // namespace tacit
