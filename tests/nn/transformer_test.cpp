// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/transformer.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/core/weights.h"
#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

TEST(LayerNorm, StandardisesEachVectorThenScalesAndShifts) {
  LayerNorm norm(8);
  const Tensor x = numbers({2, 3, 8}, 1);
  const Tensor plain = (x - x.mean(2, true)) / (x.var(2, /*unbiased=*/false, true) + 1e-5).sqrt();
  EXPECT_TRUE(norm.forward(x).allclose(plain, 1e-4, 1e-5));
  stir(norm);
  const auto w = weights(norm);
  EXPECT_TRUE(norm.forward(x).allclose(plain * w.at("gain") + w.at("shift"), 1e-4, 1e-5));
}

/// The block written out for one row, one head and one pair of tokens at a time.
Tensor plain(std::map<std::string, Tensor> w, const Tensor& x, int64_t heads) {
  const auto norm = [&](const Tensor& h, const std::string& name) {
    const Tensor even = (h - h.mean(1, true)) / (h.var(1, /*unbiased=*/false, true) + 1e-5).sqrt();
    return even * w.at(name + ".gain") + w.at(name + ".shift");
  };
  const auto dense = [&](const Tensor& h, const std::string& name) {
    return at::matmul(h, w.at(name + "_weight").t()) + w.at(name + "_bias");
  };
  const int64_t tokens = x.size(0), width = x.size(1), each = width / heads;
  const Tensor all = dense(norm(x, "before_attention"), "attention");  // [L, 3 D]
  const Tensor heard = at::zeros({tokens, width});
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t i = 0; i < tokens; ++i) {
      const auto part = [&](int64_t token, int64_t kind) {
        return all[token].slice(0, kind * width + head * each, kind * width + (head + 1) * each);
      };
      std::vector<double> closeness;
      double sum = 0;
      for (int64_t j = 0; j < tokens; ++j) {
        const double product = (part(i, 0) * part(j, 1)).sum().item<double>();
        closeness.push_back(std::exp(product / std::sqrt(static_cast<double>(each))));
        sum += closeness.back();
      }
      for (int64_t j = 0; j < tokens; ++j)
        heard[i].slice(0, head * each, (head + 1) * each) +=
            part(j, 2) * (closeness[static_cast<size_t>(j)] / sum);
    }
  const Tensor attended = x + dense(heard, "merge");
  const Tensor hidden = dense(norm(attended, "before_dense"), "hidden");
  return attended + dense(hidden * 0.5 * (1 + (hidden / std::sqrt(2.0)).erf()), "output");
}

TEST(TransformerBlock, IsTheEquationsWrittenOut) {
  TransformerBlock block({.width = 12, .heads = 3, .hidden = 10}, Rng(1));
  stir(block);
  const Tensor x = numbers({2, 5, 12}, 1), got = block.forward(x);
  for (int64_t row = 0; row < 2; ++row)
    EXPECT_TRUE(got[row].allclose(plain(weights(block), x[row], 3), 1e-4, 1e-4)) << row;
}

TEST(TransformerBlock, MovesWithItsTokens) {
  TransformerBlock block({.width = 8, .heads = 2, .hidden = 16}, Rng(1));
  const Tensor x = numbers({2, 6, 8}, 1),
               order = at::tensor(std::vector<int64_t>{4, 0, 5, 2, 1, 3});
  EXPECT_TRUE(block.forward(x.index_select(1, order))
                  .allclose(block.forward(x).index_select(1, order), 1e-4, 1e-5));
}

TEST(TransformerBlock, RefusesHeadsThatDoNotDivideItsWidth) {
  EXPECT_NE(message_of<ConfigError>([] {
              TransformerBlock({.width = 10, .heads = 4, .hidden = 8}, Rng(1));
            }).find("10 cannot be shared among 4"),
            std::string::npos);
}

TEST(SinusoidalPositions, AreTheFormulaAndTellPositionsApart) {
  const Tensor positions = sinusoidal_positions(40, 6);
  EXPECT_NEAR(positions[7][2].item<double>(), std::sin(7 / std::pow(10000, 2.0 / 6)), 1e-6);
  EXPECT_NEAR(positions[7][3].item<double>(), std::cos(7 / std::pow(10000, 2.0 / 6)), 1e-6);
  for (int64_t i = 1; i < 40; ++i)
    for (int64_t j = 0; j < i; ++j)
      EXPECT_GT((positions[i] - positions[j]).norm().item<double>(), 0.1);
}

}  // namespace
}  // namespace tacit
