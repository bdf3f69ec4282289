// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/conv_gru.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/losses/ranks.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

constexpr ConvGruShape kSmall{.inputs = 2, .hidden = 3, .kernel = 3};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// [I, H, W] times a kernel with a border of zeros, number by number.
double convolved(const Tensor& x, const Tensor& weight, int64_t output, int64_t y, int64_t z) {
  double sum = 0;
  const int64_t edge = weight.size(2) / 2;
  for (int64_t i = 0; i < x.size(0); ++i)
    for (int64_t down = -edge; down <= edge; ++down)
      for (int64_t right = -edge; right <= edge; ++right) {
        if (y + down < 0 || y + down >= x.size(1) || z + right < 0 || z + right >= x.size(2))
          continue;
        sum += x[i][y + down][z + right].item<double>() *
               weight[output][i][down + edge][right + edge].item<double>();
      }
  return sum;
}

TEST(ConvGru, StepsAsItsEquationsSay) {
  for (const int64_t kernel : {1, 3}) {
    ConvGru unit({2, 3, kernel}, Rng(1));
    stir(unit);
    const auto w = weights(unit);
    const Tensor x = numbers({2, 2, 3, 4}, 1), state = numbers({2, 3, 3, 4}, 2);
    const Tensor got = unit.step(x, state);
    for (int64_t row = 0; row < 2; ++row) {
      const Tensor both = at::cat({x[row], state[row]});
      const auto gate = [&](int64_t which, int64_t y, int64_t z) {
        return sigmoid(convolved(both, w.at("gates_weight"), which, y, z) +
                       w.at("gates_bias")[which].item<double>());
      };
      Tensor kept = at::empty({3, 3, 4});
      for (int64_t d = 0; d < 3; ++d)
        for (int64_t y = 0; y < 3; ++y)
          for (int64_t z = 0; z < 4; ++z)
            kept[d][y][z] = gate(3 + d, y, z) * state[row][d][y][z].item<double>();
      const Tensor seen = at::cat({x[row], kept});
      for (int64_t d = 0; d < 3; ++d)
        for (int64_t y = 0; y < 3; ++y)
          for (int64_t z = 0; z < 4; ++z) {
            const double change = std::tanh(convolved(seen, w.at("change_weight"), d, y, z) +
                                            w.at("change_bias")[d].item<double>());
            const double update = gate(d, y, z), before = state[row][d][y][z].item<double>();
            EXPECT_NEAR(got[row][d][y][z].item<double>(), (1 - update) * before + update * change,
                        1e-5);
          }
    }
  }
}

TEST(ConvGru, GradientsAreThoseOfFiniteDifferences) {
  ConvGru unit(kSmall, Rng(1));
  stir(unit);
  unit.to(at::kDouble);
  const Tensor x = normal_numbers({2, 3, 2, 3, 2}, 1), weigh = normal_numbers({2, 3, 3, 3, 2}, 2);
  const auto value = [&](const Tensor& clips) { return (unit.forward(clips) * weigh).sum(); };
  EXPECT_LT(gradient_error(value, x), 1e-7);
  for (auto& item : unit.named_parameters()) {
    Tensor& parameter = item.value();
    unit.zero_grad();
    value(x).backward();
    const Tensor gradient = parameter.grad().flatten();
    const c10::AutoGradMode no_grad(false);
    for (int64_t i = 0; i < parameter.numel(); i += 7) {
      double& number = parameter.mutable_data_ptr<double>()[i];
      const double kept = number;
      number = kept + 1e-5;
      const double above = value(x).item<double>();
      number = kept - 1e-5;
      const double below = value(x).item<double>();
      number = kept;
      EXPECT_NEAR(gradient[i].item<double>(), (above - below) / 2e-5, 1e-7) << item.key();
    }
  }
}

TEST(ConvGru, TakesItsStepsOneAfterTheOtherFromZeros) {
  const ConvGru unit(kSmall, Rng(1));
  const Tensor x = numbers({2, 4, 2, 5, 3}, 1), states = unit.forward(x);
  ASSERT_EQ(states.sizes(), (at::IntArrayRef{2, 4, 3, 5, 3}));
  Tensor state = at::zeros({2, 3, 5, 3});
  for (int64_t time = 0; time < 4; ++time) {
    state = unit.step(x.select(1, time), state);
    EXPECT_TRUE(states.select(1, time).equal(state));
  }
}

TEST(ConvGru, GatesOpenAndClose) {
  ConvGru unit(kSmall, Rng(1));
  const Tensor x = numbers({1, 2, 4, 4}, 1), state = numbers({1, 3, 4, 4}, 2);
  const auto stepped = [&](double update, double reset, const Tensor& from) {
    auto w = weights(unit);
    w.at("gates_bias").narrow(0, 0, 3).fill_(update);
    w.at("gates_bias").narrow(0, 3, 3).fill_(reset);
    set_weights(unit, w);
    return unit.step(x, from);
  };
  EXPECT_TRUE(stepped(-100, 0, state).allclose(state));  // nothing is let in
  const Tensor zeros = at::zeros_like(state);
  EXPECT_TRUE(stepped(100, -100, state).allclose(stepped(100, -100, zeros)));  // all is forgotten
  EXPECT_FALSE(stepped(100, 100, state).allclose(stepped(100, 100, zeros)));
}

TEST(ConvGru, SeesAsFarAsItsKernel) {
  for (const int64_t kernel : {1, 3, 5}) {
    const ConvGru unit({2, 3, kernel}, Rng(1));
    const Tensor x = numbers({1, 2, 9, 9}, 1), changed = x.clone();
    changed.select(2, 4).select(2, 4).add_(1);
    const Tensor moved =
        (unit.step(x, unit.start(x)) != unit.step(changed, unit.start(x))).any(1).squeeze(0);
    const Tensor wanted = at::zeros({9, 9}, at::kBool);
    wanted.narrow(0, 4 - kernel / 2, kernel).narrow(1, 4 - kernel / 2, kernel).fill_(true);
    EXPECT_TRUE(moved.equal(wanted)) << kernel;
  }
}

TEST(ConvGru, StartsOrthogonalWithoutBias) {
  const auto start = [](uint64_t seed) { return weights(ConvGru({4, 6, 3}, Rng(seed))); };
  const auto w = start(1);
  const auto expect_orthogonal = [](const Tensor& weight) {
    const Tensor rows = weight.flatten(1).to(at::kDouble);
    EXPECT_LT((at::matmul(rows, rows.t()) - at::eye(6, at::kDouble)).abs().max().item<double>(),
              1e-6);
  };
  expect_orthogonal(w.at("gates_weight").narrow(0, 0, 6));
  expect_orthogonal(w.at("gates_weight").narrow(0, 6, 6));
  expect_orthogonal(w.at("change_weight"));
  EXPECT_FALSE(w.at("gates_weight").narrow(0, 0, 6).equal(w.at("gates_weight").narrow(0, 6, 6)));
  EXPECT_FALSE(w.at("change_weight").equal(start(2).at("change_weight")));
  for (const auto& [name, value] : start(1)) EXPECT_TRUE(value.equal(w.at(name))) << name;
  EXPECT_EQ(w.at("gates_bias").abs().max().item<double>(), 0);
  EXPECT_EQ(w.at("change_bias").abs().max().item<double>(), 0);
}

TEST(ConvGru, RefusesAnEvenKernel) {
  EXPECT_NE(message_of<ConfigError>([] {
              ConvGru({2, 3, 2}, Rng(1));
            }).find("2"),
            std::string::npos);
}

TEST(Orthogonal, MakesTheShorterSideOrthonormal) {
  for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{3, 8}, {8, 3}, {5, 5}, {1, 4}}) {
    Tensor weight = at::empty({rows, columns, 1, 1});
    orthogonal(weight, Rng(3));
    const Tensor matrix = weight.flatten(1).to(at::kDouble);
    const Tensor short_side = rows <= columns ? matrix : matrix.t();
    const Tensor products = at::matmul(short_side, short_side.t());
    EXPECT_LT((products - at::eye(std::min(rows, columns), at::kDouble)).abs().max().item<double>(),
              1e-6);
  }
}

TEST(Orthogonal, LooksEverywhereAlike) {
  double sum = 0, squares = 0;  // of one element of 2 x 2 rotations and mirrors
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    Tensor weight = at::empty({2, 2});
    orthogonal(weight, Rng(seed));
    const double element = weight[1][0].item<double>();
    sum += element / 2000, squares += element * element / 2000;
  }
  EXPECT_NEAR(sum, 0, 0.07);
  EXPECT_NEAR(squares, 0.5, 0.04);
}

}  // namespace
}  // namespace tacit
