// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/optimizer.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/core/folder.h"

namespace tacit {
namespace {

using at::Tensor;

/// f(w, b) = Σ w⁴/4 + Σ b⁴/4 with weights [1, 3] and biases [2], in double.
struct Problem {
  Tensor w = at::tensor({1.0, -2.0, 0.5}, at::kDouble).view({1, 3}).clone().set_requires_grad(true);
  Tensor b = at::tensor({0.3, -0.7}, at::kDouble).set_requires_grad(true);
  std::vector<Tensor> parameters() const { return {w, b}; }
  void descend(Optimizer& optimizer, double factor) const {
    optimizer.zero_grad();
    (w.pow(4).sum() / 4 + b.pow(4).sum() / 4).backward();
    optimizer.step(factor);
  }
  std::vector<double> values() const {
    std::vector<double> all;
    for (const Tensor& p : parameters())
      for (int64_t i = 0; i < p.numel(); ++i) all.push_back(p.detach().view(-1)[i].item<double>());
    return all;
  }
};

/// The rules as their papers write them, on one number.
struct Textbook {
  OptimizerConfig config;
  double m = 0, v = 0;
  int64_t t = 0;

  double step(double x, double factor, double decay) {
    const double rate = config.learning_rate * factor;
    double g = x * x * x;
    if (config.name == Algorithm::adamw)
      x -= rate * decay * x;
    else
      g += decay * x;
    ++t;
    if (config.name == Algorithm::sgd) {
      m = t == 1 ? g : config.momentum * m + g;
      return x - rate * m;
    }
    m = config.beta1 * m + (1 - config.beta1) * g;
    v = config.beta2 * v + (1 - config.beta2) * g * g;
    const double mean = m / (1 - std::pow(config.beta1, t)),
                 square = v / (1 - std::pow(config.beta2, t));
    return x - rate * mean / (std::sqrt(square) + 1e-8);
  }
};

class Rules : public testing::TestWithParam<Algorithm> {
 protected:
  const OptimizerConfig config_{.name = GetParam(),
                                .learning_rate = 0.05,
                                .weight_decay = 0.1,
                                .beta1 = 0.8,
                                .beta2 = 0.95,
                                .momentum = 0.7};
};

TEST_P(Rules, FollowTheTextbookAndLetBiasesBe) {
  const Problem problem;
  Optimizer optimizer(config_, problem.parameters());
  std::vector<double> wanted = problem.values();
  std::vector<Textbook> books(wanted.size(), Textbook{config_});
  for (int step = 0; step < 12; ++step) {
    const double factor = 1 - 0.05 * step;
    problem.descend(optimizer, factor);
    for (size_t i = 0; i < wanted.size(); ++i)
      wanted[i] = books[i].step(wanted[i], factor, i < 3 ? config_.weight_decay : 0);
    for (size_t i = 0; i < wanted.size(); ++i)
      ASSERT_NEAR(problem.values()[i], wanted[i], 1e-9) << "step " << step << ", value " << i;
  }
}

TEST_P(Rules, ContinueFromASavedStateToTheSameBits) {
  const Problem whole, before;
  Optimizer uninterrupted(config_, whole.parameters()), first(config_, before.parameters());
  for (int step = 0; step < 5; ++step) {
    whole.descend(uninterrupted, 1);
    before.descend(first, 1);
  }
  Problem after;
  after.w = before.w.detach().clone().set_requires_grad(true);
  after.b = before.b.detach().clone().set_requires_grad(true);
  Optimizer second(config_, after.parameters());
  second.restore(first.state());
  for (int step = 0; step < 5; ++step) {
    whole.descend(uninterrupted, 0.5);
    after.descend(second, 0.5);
  }
  EXPECT_EQ(whole.values(), after.values());
}

TEST_P(Rules, SayThatTheyWroteToTheParameters) {
  const Problem problem;
  Optimizer optimizer(config_, problem.parameters());
  for (int step = 0; step < 2; ++step) {
    const auto before = std::pair(problem.w._version(), problem.b._version());
    problem.descend(optimizer, 1);
    EXPECT_GT(problem.w._version(), before.first);
    EXPECT_GT(problem.b._version(), before.second);
  }
}

TEST_P(Rules, RefuseADamagedState) {
  const Problem problem;
  Optimizer optimizer(config_, problem.parameters());
  problem.descend(optimizer, 1);
  const auto good = optimizer.state();
  for (const auto& [name, value] : good) {
    Problem other;
    Optimizer fresh(config_, other.parameters());
    auto reshaped = good;
    reshaped[name] = at::zeros({7}, value.options());
    EXPECT_THROW(fresh.restore(reshaped), StateError) << name;
    auto foreign = good;
    foreign["9/" + name.substr(2)] = value;
    EXPECT_THROW(fresh.restore(foreign), StateError) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Rules,
                         testing::Values(Algorithm::adam, Algorithm::adamw, Algorithm::sgd),
                         [](const auto& each) { return enum_name(each.param); });

TEST(Optimizer, WithoutMomentumKeepsNoState) {
  const Problem problem;
  Optimizer optimizer({.name = Algorithm::sgd, .learning_rate = 0.1, .momentum = 0},
                      problem.parameters());
  problem.descend(optimizer, 1);
  EXPECT_NEAR(problem.values()[1], -2 + 0.1 * 8, 1e-12);
  EXPECT_TRUE(optimizer.state().empty());
}

TEST(Optimizer, LeavesParametersWithoutAGradientAlone) {
  const Problem problem;
  Optimizer optimizer({.weight_decay = 0.1}, problem.parameters());
  problem.b.sum().backward();
  optimizer.step(1);
  EXPECT_EQ(problem.values()[0], 1.0);
  EXPECT_NE(problem.values()[3], 0.3);
  EXPECT_EQ(optimizer.state().count("0/step"), 0u);
}

TEST(Optimizer, RefusesAStateThatLacksATensor) {
  const Problem problem;
  Optimizer optimizer({}, problem.parameters());
  problem.descend(optimizer, 1);
  auto state = optimizer.state();
  ASSERT_EQ(state.erase("0/exp_avg"), 1u);
  EXPECT_NE(message_of<StateError>([&] { optimizer.restore(state); }).find("lacks \"0/exp_avg\""),
            std::string::npos);
}

TEST(Optimizer, ReportsTheGradientNormAndClipsToIt) {
  const Problem problem;
  Optimizer optimizer({}, problem.parameters());
  const auto norm_now = [&] { return optimizer.gradient_norm().item<double>(); };
  EXPECT_EQ(norm_now(), 0);  // no gradients yet
  (problem.w.sum() * 3 + problem.b.sum() * 4).backward();
  const double norm = std::sqrt(3 * 9.0 + 2 * 16.0);
  EXPECT_NEAR(norm_now(), norm, 1e-12);
  optimizer.clip(norm, norm + 1);  // small enough
  optimizer.clip(norm, 0);         // no limit
  EXPECT_NEAR(problem.w.grad().max().item<double>(), 3, 1e-12);
  optimizer.clip(norm, 2);
  EXPECT_NEAR(norm_now(), 2, 1e-12);
  EXPECT_NEAR(problem.w.grad().max().item<double>(), 3 * 2 / norm, 1e-12);
  problem.b.grad()[1].fill_(NAN);
  EXPECT_FALSE(std::isfinite(norm_now()));
}

}  // namespace
}  // namespace tacit
