// SPDX-License-Identifier: Apache-2.0
#include "tacit/kernels/conv_chain.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tacit/core/error.h"
#include "tests/kernels/chains.h"

namespace tacit::kernels {
namespace {

class ConvChain : public testing::TestWithParam<Case> {};

TEST_P(ConvChain, AgreesWithTheReferenceInDouble) {
  const std::vector<Tensor> in = inputs(GetParam());
  for (const bool global_max : {false, true}) {
    const auto found = value_and_gradients(fast, GetParam(), in, global_max);
    const auto expected =
        value_and_gradients(reference::conv_chain, GetParam(), as_double(in), global_max);
    ASSERT_EQ(found.size(), expected.size());
    for (size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(found[i].sizes(), expected[i].sizes()) << i;
      EXPECT_EQ(found[i].scalar_type(), at::kFloat);
      EXPECT_LE(relative_error(found[i], expected[i]), 1e-5)
          << (global_max ? "global max, " : "sequence, ") << i;
    }
  }
}

TEST_P(ConvChain, WithoutGradientsGivesTheSameValue) {
  const std::vector<Tensor> in = inputs(GetParam());
  std::vector<Tensor> plain;
  for (const Tensor& tensor : in) plain.push_back(tensor.detach());
  for (const bool global_max : {false, true}) {
    EXPECT_TRUE(at::equal(conv_chain(in[0], layers(GetParam(), in), global_max, 11),
                          conv_chain(plain[0], layers(GetParam(), plain), global_max, 11)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ConvChain,
    testing::Values(
        // the network of transformation prediction, without and with dropout
        Case{3, 80, 3, {{32, 24}, {64, 16}, {96, 8}}},
        Case{3,
             80,
             3,
             {{32, 24, 1, false, 0, .1}, {64, 16, 1, false, 0, .1}, {96, 8, 1, false, 0, .1}}},
        // the network of ECG emotion: same padding, leaky ReLU, overlapping maxima
        Case{2,
             101,
             1,
             {{32, 32, 1, true, .2},
              {32, 32, 1, true, .2, 0, 8, 2},
              {64, 16, 1, true, .2},
              {64, 16, 1, true, .2, 0, 8, 2},
              {128, 8, 1, true, .2}}},
        // one layer: T = k, k = 1, strides with and without steps left over, one step
        Case{1, 1, 1, {{1, 1}}}, Case{4, 9, 5, {{7, 9}}}, Case{3, 13, 2, {{17, 1}}},
        Case{2, 14, 3, {{33, 1, 3}}}, Case{2, 31, 6, {{48, 5, 2}}}, Case{3, 32, 4, {{20, 10, 5}}},
        Case{2, 33, 3, {{16, 7, 3}}}, Case{2, 23, 2, {{5, 3, 5}}}, Case{2, 11, 3, {{4, 2, 20}}},
        // more windows than runs
        Case{40, 20, 3, {{8, 4}}}, Case{67, 15, 2, {{3, 4, 2}, {4, 3}}},
        // one, two and three levels of splitting, with tails of steps, channels and outputs
        Case{2, 61, 32, {{20, 8}}}, Case{2, 62, 33, {{17, 16}}}, Case{2, 211, 65, {{35, 16}}},
        Case{2, 300, 64, {{3, 16}}}, Case{1, 1100, 130, {{6, 8}}},
        // strides, same padding of even and odd kernels and pools that leave steps over
        Case{2, 60, 6, {{12, 8, 4}, {16, 6, 2}, {24, 3}}},
        Case{2, 30, 4, {{6, 4, 1, true}, {5, 5, 1, true}}},
        Case{3, 40, 3, {{8, 5, 1, false, 0, .3, 3, 3}, {9, 4, 1, false, .1, .4, 4, 1}}},
        Case{2, 29, 2, {{6, 3, 2, false, .3, 0, 2, 3}, {18, 2}}}));

TEST(ConvChainThreads, DoNotChangeABit) {
  const Case c{37, 90, 5, {{40, 9, 1, false, 0, .2}, {32, 8, 1, false, 0, 0, 2, 2}, {33, 8}}};
  const std::vector<Tensor> in = inputs(c);
  const int threads = at::get_num_threads();
  for (const bool global_max : {false, true}) {
    at::set_num_threads(1);
    const auto one = value_and_gradients(fast, c, in, global_max);
    at::set_num_threads(2);
    const auto two = value_and_gradients(fast, c, in, global_max);
    for (size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(at::equal(one[i], two[i])) << i;
  }
  at::set_num_threads(threads);
}

TEST(ConvChainNonFinite, ReachesExactlyWhatTheReferenceReaches) {
  for (const Case& c : {Case{3, 30, 4, {{18, 5}}}, Case{3, 60, 64, {{18, 8}}},
                        Case{3, 60, 64, {{32, 8, 1, false, .1}, {18, 4, 1, true}}}}) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), kInfinity, -kInfinity}) {
      std::vector<Tensor> in = inputs(c);
      in[0].detach()[1][12][2] = bad;
      const auto found = value_and_gradients(fast, c, in, false);
      const auto expected = value_and_gradients(reference::conv_chain, c, in, false);
      for (size_t i = 0; i < found.size(); ++i) {
        EXPECT_TRUE(at::equal(found[i].isnan(), expected[i].isnan())) << bad << " " << i;
        EXPECT_TRUE(at::equal(found[i] == kInfinity, expected[i] == kInfinity)) << bad << " " << i;
        EXPECT_TRUE(at::equal(found[i] == -kInfinity, expected[i] == -kInfinity))
            << bad << " " << i;
      }
      EXPECT_FALSE(found[0][1].isfinite().all().item<bool>());
      EXPECT_TRUE(found[0][0].isfinite().all().item<bool>());
    }
  }
}

TEST(ConvChainNonFinite, NanIsTheLargestValue) {
  const Case c{3, 30, 4, {{18, 5}}};
  std::vector<Tensor> in = inputs(c);
  in[0].detach()[1][12][2] = std::numeric_limits<float>::quiet_NaN();
  const auto found = value_and_gradients(fast, c, in, true);
  EXPECT_TRUE(found[0][1].isnan().all().item<bool>());
  EXPECT_FALSE(found[0][0].isnan().any().item<bool>());
  EXPECT_TRUE(found[2].isnan().any().item<bool>());
  // the first step that sees the NaN is step 8, whose field is 8 .. 12
  EXPECT_TRUE((found[1][1].slice(0, 0, 8) == 0).all().item<bool>());
  EXPECT_TRUE((found[1][1].slice(0, 8, 13) != 0).all().item<bool>());
  EXPECT_TRUE((found[1][1].slice(0, 13) == 0).all().item<bool>());
}

TEST(ConvChainDropout, DropsItsShareAndFollowsTheSeed) {
  const Case c{50, 40, 2, {{32, 3, 1, false, 1.0, .3}}};  // slope 1: no element is 0 by itself
  const std::vector<Tensor> in = inputs(c);
  const auto run = [&](uint64_t seed) { return conv_chain(in[0], layers(c, in), false, seed); };
  const Tensor one = run(1);
  const double count = static_cast<double>(one.numel());
  EXPECT_NEAR((one == 0).sum().item<double>() / count, .3, 5 * std::sqrt(.21 / count));
  EXPECT_TRUE(at::equal(one, run(1)));
  EXPECT_NEAR(((one == 0) == (run(2) == 0)).sum().item<double>() / count, .58, .02);
  EXPECT_NEAR(((one[0] == 0) == (one[1] == 0)).sum().item<double>() / (count / 50), .58, .05)
      << "windows share their masks";
}

TEST(ConvChainInput, OfOtherKindsTakesTheReference) {
  const Case c{2, 30, 3, {{8, 5}}};
  const std::vector<Tensor> in = inputs(c);
  const Tensor expected = conv_chain(in[0], layers(c, in), false);
  const Tensor strided = in[0].transpose(1, 2).contiguous().transpose(1, 2);
  ASSERT_FALSE(strided.is_contiguous());
  EXPECT_LE(relative_error(conv_chain(strided, layers(c, in), false).detach(),
                           expected.detach().to(at::kDouble)),
            1e-5);
  const auto wide = as_double(in);
  EXPECT_EQ(conv_chain(wide[0], layers(c, wide), false).scalar_type(), at::kDouble);
}

TEST(ConvChainSecondDerivative, AgreesWithTheReference) {
  const Case c{2, 20, 3, {{5, 4, 2, false, .1, .2}, {4, 2}}};
  const std::vector<Tensor> in = inputs(c);
  const auto second = [&](Chain chain, const std::vector<Tensor>& of, bool global_max) {
    std::vector<Tensor> made = of;
    made[0] = of[0] * of[1].sum();  // one input a function of another
    const Tensor y = chain(made[0], layers(c, made), global_max, 3);
    const auto first = torch::autograd::grad({y.square().sum()}, of, {}, true, true);
    const Tensor penalty = first[0].square().sum() + first[1].square().sum();
    return torch::autograd::grad({penalty}, of);
  };
  for (const bool global_max : {false, true}) {
    const auto found = second(fast, in, global_max);
    const auto expected = second(reference::conv_chain, as_double(in), global_max);
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_LE(relative_error(found[i], expected[i]), 1e-5) << i;
    }
  }
}

TEST(ConvChainShapes, ThatDoNotFitAreRefused) {
  const Tensor x = at::zeros({2, 10, 3});
  const Tensor weight = at::zeros({4, 3, 5});
  const Tensor bias = at::zeros({4});
  for (const Chain chain : {Chain(fast), Chain(reference::conv_chain)}) {
    const auto run = [&](const Tensor& of, const ConvLayer& layer) {
      return chain(of, {layer}, false, 0);
    };
    EXPECT_NO_THROW(run(x, {weight, bias}));
    EXPECT_THROW(chain(x, {}, false, 0), ShapeError);
    EXPECT_THROW(run(x[0], {weight, bias}), ShapeError);
    EXPECT_THROW(run(x, {weight[0], bias}), ShapeError);
    EXPECT_THROW(run(at::zeros({2, 10, 2}), {weight, bias}), ShapeError);
    EXPECT_THROW(run(x, {weight, at::zeros({3})}), ShapeError);
    EXPECT_THROW(run(x, {weight, at::zeros({})}), ShapeError);
    EXPECT_THROW(run(at::zeros({2, 4, 3}), {weight, bias}), ShapeError);
    EXPECT_THROW(run(at::zeros({2, 0, 3}), {.weight = weight, .bias = bias, .same = true}),
                 ShapeError);
    EXPECT_THROW(run(x, {at::zeros({4, 3, 0}), bias}), ShapeError);
    EXPECT_THROW(run(x, {weight, bias, 0}), ShapeError);
    EXPECT_THROW(run(x, {.weight = weight, .bias = bias, .stride = 2, .same = true}), ShapeError);
    EXPECT_THROW(run(x, {.weight = weight, .bias = bias, .dropout = 1}), ConfigError);
    EXPECT_THROW(run(x, {.weight = weight, .bias = bias, .pool_width = 7}), ShapeError);
    EXPECT_THROW(run(x, {.weight = weight, .bias = bias, .pool_width = 0}), ShapeError);
    EXPECT_THROW(chain(x, {{weight, bias}, {weight, bias}}, false, 0), ShapeError);
  }
}

}  // namespace
}  // namespace tacit::kernels
