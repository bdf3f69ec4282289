// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/grid_context.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

TEST(GridContext, IsTheSumOfItsLayersPlaceByPlace) {
  GridContext context({.inputs = 3, .width = 4, .layers = 2}, Rng(1));
  stir(context);
  const auto w = weights(context);
  const Tensor z = numbers({2, 4, 5, 3}, 1);
  Tensor h = z.clone();
  for (int layer = 1; layer <= 2; ++layer) {
    const auto of = [&](const std::string& name) { return w.at(text("layer{}_{}", layer, name)); };
    const Tensor normal = at::layer_norm(h, {3}, of("norm.gain"), of("norm.shift"), 1e-5);
    const Tensor in = (normal.matmul(of("in_weight").t()) + of("in_bias")).clamp_min(0);
    Tensor across = at::zeros_like(in), down = at::zeros_like(in);
    for (int64_t row = 0; row < 4; ++row)
      for (int64_t column = 0; column < 5; ++column) {
        Tensor sum = of("across_bias").expand({2, 4}).clone();
        for (int64_t k = 0; k < 3; ++k)
          if (const int64_t from = column + k - 1; from >= 0 && from < 5)
            sum += in.select(1, row).select(1, from).matmul(
                of("across_weight").select(2, 0).select(2, k).t());
        across.select(1, row).select(1, column).copy_(sum.clamp_min(0));
      }
    for (int64_t row = 0; row < 4; ++row) {
      Tensor sum = across.select(1, row).matmul(of("down_weight").select(2, 1).select(2, 0).t()) +
                   of("down_bias");
      if (row > 0)
        sum += across.select(1, row - 1).matmul(of("down_weight").select(2, 0).select(2, 0).t());
      down.select(1, row).copy_(sum.clamp_min(0));
    }
    h = h + down.matmul(of("out_weight").t()) + of("out_bias");
  }
  const Tensor got = context.forward(z);
  EXPECT_TRUE(got.allclose(h, 1e-4, 1e-4)) << (got - h).abs().max().item<double>();
}

TEST(GridContext, SeesNoRowBelowAPlaceAndOneMoreAboveALayer) {
  for (const int64_t layers : {1, 3}) {
    GridContext context({.inputs = 3, .width = 8, .layers = layers}, Rng(2));
    const Tensor z = numbers({1, 6, 7, 3}, 1);
    Tensor changed = z.clone();
    changed.select(1, 2).select(1, 3).add_(numbers({1, 3}, 4));
    const Tensor differs =
        (context.forward(z) - context.forward(changed)).abs().amax({0, 3}) > 0;  // [R, K]
    for (int64_t row = 0; row < 6; ++row)
      for (int64_t column = 0; column < 7; ++column) {
        const bool reached = row >= 2 && row <= 2 + layers && std::abs(column - 3) <= layers;
        EXPECT_TRUE(reached || !differs[row][column].item<bool>()) << row << ", " << column;
      }
    EXPECT_TRUE(differs[2 + layers].any().item<bool>());
    EXPECT_TRUE(differs.select(1, 3 - layers).any().item<bool>());
  }
}

TEST(GridContext, GivesEveryParameterAGradient) {
  GridContext context({.inputs = 3, .width = 8, .layers = 2}, Rng(1));
  context.forward(numbers({4, 3, 3, 3}, 1)).square().sum().backward();
  for (const auto& item : context.named_parameters())
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
}

}  // namespace
}  // namespace tacit
