// SPDX-License-Identifier: Apache-2.0
#include "tacit/kernels/conv_backward.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/kernels/chains.h"

namespace tacit::kernels {
namespace {

TEST(ConvChainTies, FirstStepReceivesTheGradient) {
  const Case c{1, 6, 1, {{1, 2}}};
  const std::vector<Tensor> in{at::ones({1, 6, 1}).requires_grad_(),
                               at::ones({1, 1, 2}).requires_grad_(),
                               at::zeros({1}).requires_grad_()};
  const auto found = value_and_gradients(fast, c, in, true);
  EXPECT_EQ(found[0].item<float>(), 2.0F);
  EXPECT_TRUE((found[1][0].slice(0, 0, 2) != 0).all().item<bool>());
  EXPECT_TRUE((found[1][0].slice(0, 2) == 0).all().item<bool>());
}

TEST(ConvChainGate, ClosedReluPassesNoGradient) {
  const Case c{2, 6, 1, {{3, 2}}};
  const std::vector<Tensor> in{at::ones({2, 6, 1}).requires_grad_(),
                               (-at::ones({3, 1, 2})).requires_grad_(),
                               at::zeros({3}).requires_grad_()};
  for (const bool global_max : {false, true}) {
    for (const Tensor& tensor : value_and_gradients(fast, c, in, global_max)) {
      EXPECT_TRUE((tensor == 0).all().item<bool>());
    }
  }
}

TEST(ConvChainEmpty, BatchGivesZeroWeightGradients) {
  const Case c{0, 10, 2, {{4, 3}, {5, 2}}};
  const std::vector<Tensor> in = inputs(c);
  for (const bool global_max : {false, true}) {
    const Tensor y = conv_chain(in[0], layers(c, in), global_max);
    EXPECT_EQ(y.size(0), 0);
    for (const Tensor& gradient : torch::autograd::grad({y.sum()}, {in[1], in[2], in[3], in[4]})) {
      EXPECT_TRUE((gradient == 0).all().item<bool>());
    }
  }
}

TEST(ConvChainInput, WithoutGradientNeedsNone) {
  const Case c{2, 30, 3, {{8, 5}, {7, 4}}};
  const std::vector<Tensor> in = inputs(c);
  const auto with = value_and_gradients(fast, c, in, false);
  const Tensor y = conv_chain(in[0].detach(), layers(c, in), false);
  at::Generator generator = at::detail::createCPUGenerator(8);
  const auto without =
      torch::autograd::grad({y}, {in[1], in[2], in[3], in[4]}, {at::randn(y.sizes(), generator)});
  for (size_t i = 0; i < without.size(); ++i) EXPECT_TRUE(at::equal(without[i], with[i + 2]));
}

TEST(ConvChainInput, OfFrozenLayersNeedsNone) {
  const Case c{2, 60, 3, {{8, 5, 1, false, .1, .2, 2, 2}, {7, 4, 1, false, 0, .3}, {6, 3}}};
  const std::vector<Tensor> in = inputs(c);
  for (const bool global_max : {false, true}) {
    const auto with = value_and_gradients(fast, c, in, global_max);
    for (size_t frozen = 1; frozen < 3; ++frozen) {
      std::vector<Tensor> some = in;
      for (size_t i = 0; i < 1 + 2 * frozen; ++i) some[i] = in[i].detach();
      const Tensor y = conv_chain(some[0], layers(c, some), global_max, 11);
      at::Generator generator = at::detail::createCPUGenerator(8);
      const Tensor gradient = at::randn(y.sizes(), generator);
      const std::vector<Tensor> learning(some.begin() + 1 + 2 * static_cast<std::ptrdiff_t>(frozen),
                                         some.end());
      const auto without = torch::autograd::grad({y}, learning, {gradient});
      for (size_t i = 0; i < without.size(); ++i) {
        EXPECT_TRUE(at::equal(without[i], with[i + 2 + 2 * frozen])) << frozen << " " << i;
      }
      // The lowest layer that learns, by its bias alone.
      some[1 + 2 * frozen] = in[1 + 2 * frozen].detach();
      const Tensor z = conv_chain(some[0], layers(c, some), global_max, 11);
      EXPECT_TRUE(at::equal(torch::autograd::grad({z}, {some[2 + 2 * frozen]}, {gradient})[0],
                            with[3 + 2 * frozen]));
    }
  }
}

}  // namespace
}  // namespace tacit::kernels
