// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/spectral_norm.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/nn/numbers.h"

namespace tacit {
namespace {

double largest(const Tensor& weight) {
  return at::linalg_svdvals(weight.flatten(1).to(at::kDouble)).max().item<double>();
}

Tensor parameter(const torch::nn::Module& layer, const std::string& name) {
  return layer.named_parameters()[name];
}

/// Values that are not those it starts from, of which u knows nothing yet.
void renew(torch::nn::Module& layer, uint64_t seed) {
  const c10::AutoGradMode no_grad(false);
  for (auto& item : layer.named_parameters())
    item.value().copy_(numbers(item.value().sizes(), seed));
}

/// The derivative of `loss` by each number of x, from differences.
Tensor slope(Tensor x, const std::function<Tensor()>& loss) {
  const c10::AutoGradMode no_grad(false);
  const Tensor found = at::empty_like(x);
  for (int64_t i = 0; i < x.numel(); ++i) {
    Tensor place = x.view(-1)[i];
    const double value = place.item<double>(), step = 1e-5;
    place.fill_(value + step);
    const double up = loss().item<double>();
    place.fill_(value - step);
    const double down = loss().item<double>();
    place.fill_(value);
    found.view(-1)[i].fill_((up - down) / (2 * step));
  }
  return found;
}

TEST(SpectralNorm, BringsTheLargestSingularValueToOne) {
  SpectralConv2d conv({.inputs = 5, .outputs = 7, .kernel = 3}, 1, Rng(1));
  SpectralLinear linear(9, 4, Rng(1));
  SpectralEmbedding embedding(6, 8, Rng(1));
  const std::vector<std::pair<SpectralWeight*, std::function<void()>>> layers{
      {&conv,
       [&] {
         conv.forward(numbers({1, 5, 4, 4}, 1));
       }},
      {&linear,
       [&] {
         linear.forward(numbers({2, 9}, 1));
       }},
      {&embedding, [&] { embedding.forward(at::arange(6)); }}};
  for (const auto& [layer, step] : layers) {
    EXPECT_NEAR(largest(layer->effective()), 1, 0.1) << "as it starts";
    renew(*layer, 2);
    const double wanted = largest(parameter(*layer, "weight"));
    EXPECT_LT(layer->sigma().item<double>(), 0.95 * wanted);
    for (int i = 0; i < 500; ++i) step();
    EXPECT_NEAR(layer->sigma().item<double>(), wanted, 1e-4 * wanted);
    EXPECT_NEAR(largest(layer->effective()), 1, 1e-4);
  }
}

TEST(SpectralNorm, TakesOnePowerIterationAForwardWhileTraining) {
  SpectralConv2d conv({.inputs = 3, .outputs = 4, .kernel = 3}, 1, Rng(1));
  renew(conv, 2);
  const Tensor x = numbers({2, 3, 5, 6}, 3), w = parameter(conv, "weight").detach(),
               matrix = w.view({4, 27});
  for (int i = 0; i < 3; ++i) {
    Tensor u = weights(conv).at("u"), v = matrix.t().matmul(u);
    v = v / v.square().sum().sqrt();
    u = matrix.matmul(v);
    u = u / u.square().sum().sqrt();
    const Tensor sigma = u.matmul(matrix.matmul(v));
    const Tensor wanted =
        at::conv2d(x, w / sigma, {}, 1, 1) + parameter(conv, "bias").view({1, 4, 1, 1});
    EXPECT_TRUE(conv.forward(x).allclose(wanted, 1e-4, 1e-5)) << i;
    EXPECT_TRUE(weights(conv).at("u").allclose(u, 1e-4, 1e-5)) << i;
  }
}

TEST(SpectralNorm, StandsStillInEvalMode) {
  SpectralConv2d conv({.inputs = 3, .outputs = 4, .kernel = 3}, 1, Rng(1));
  renew(conv, 2);
  conv.eval();
  const Tensor x = numbers({2, 3, 5, 6}, 3), sigma = conv.sigma(), u = weights(conv).at("u");
  const Tensor first = conv.forward(x);
  EXPECT_TRUE(conv.forward(x).equal(first));
  EXPECT_TRUE(conv.sigma().equal(sigma));
  EXPECT_TRUE(weights(conv).at("u").equal(u));
  EXPECT_TRUE(
      first.allclose(at::conv2d(x, conv.effective(), parameter(conv, "bias"), 1, 1), 1e-4, 1e-5));
  conv.train();
  conv.forward(x);
  EXPECT_FALSE(conv.sigma().equal(sigma));
}

TEST(SpectralNorm, HasTheGradientThatDifferencesShowInEvalMode) {
  // v belongs to u there, and the length of W' u has the gradient of u' W v with both constant.
  SpectralConv2d conv({.inputs = 2, .outputs = 3, .kernel = 3}, 1, Rng(1));
  renew(conv, 2);
  conv.to(at::kDouble);
  conv.eval();
  const Tensor x = numbers({2, 2, 4, 5}, 3).to(at::kDouble).set_requires_grad(true),
               mix = numbers({2, 3, 4, 5}, 4).to(at::kDouble);
  const auto loss = [&] { return (conv.forward(x).square() * mix).sum(); };
  loss().backward();
  for (const Tensor& input : {x, parameter(conv, "weight"), parameter(conv, "bias")})
    EXPECT_TRUE(input.grad().allclose(slope(input.detach(), loss), 1e-6, 1e-7));
}

TEST(SpectralNorm, HoldsSingularVectorsConstantInTheGradientOfTraining) {
  SpectralConv2d conv({.inputs = 2, .outputs = 3, .kernel = 3}, 1, Rng(1));
  renew(conv, 2);
  conv.to(at::kDouble);
  const Tensor x = numbers({2, 2, 4, 5}, 3).to(at::kDouble),
               mix = numbers({2, 3, 4, 5}, 4).to(at::kDouble),
               before = weights(conv).at("u").clone();
  (conv.forward(x) * mix).sum().backward();
  const Tensor u = weights(conv).at("u"), w = parameter(conv, "weight");
  Tensor v = w.detach().view({3, 18}).t().matmul(before);
  v = v / v.norm();
  const Tensor wanted = slope(w.detach(), [&] {
    const Tensor sigma = u.matmul(w.view({3, 18})).matmul(v);
    return (at::conv2d(x, w, {}, 1, 1) / sigma * mix).sum();
  });
  EXPECT_TRUE(w.grad().allclose(wanted, 1e-6, 1e-7));
}

TEST(SpectralNorm, GoesBackThroughSeveralForwards) {
  SpectralLinear linear(5, 3, Rng(1));
  renew(linear, 2);
  const Tensor real = linear.forward(numbers({2, 5}, 3)), fake = linear.forward(numbers({2, 5}, 4));
  EXPECT_NO_THROW((real.sum() - fake.square().sum()).backward());
}

TEST(SpectralNorm, LeavesAWeightOfZerosAtZero) {
  SpectralLinear linear(5, 3, Rng(1));
  const c10::AutoGradMode no_grad(false);
  parameter(linear, "weight").zero_();
  for (const bool training : {true, false}) {
    linear.train(training);
    EXPECT_TRUE(linear.forward(numbers({2, 5}, 3)).equal(at::zeros({2, 3})));
  }
}

TEST(SpectralNorm, StartsGlorotUniformTimesItsGainAndTheSameForTheSameSeed) {
  const SpectralConv2d::Shape shape{.inputs = 10, .outputs = 20, .kernel = 3};
  SpectralConv2d plain(shape, 1, Rng(1)), wide(shape, 2, Rng(1)), other(shape, 1, Rng(2));
  const double bound = std::sqrt(6.0 / (9 * 10 + 9 * 20));
  EXPECT_LE(parameter(plain, "weight").abs().max().item<double>(), bound);
  EXPECT_GT(parameter(plain, "weight").abs().max().item<double>(), 0.98 * bound);
  EXPECT_TRUE(parameter(wide, "weight").equal(parameter(plain, "weight") * 2));
  EXPECT_TRUE(weights(wide).at("u").allclose(weights(plain).at("u"), 1e-4, 1e-5));
  EXPECT_FALSE(parameter(other, "weight").equal(parameter(plain, "weight")));
  EXPECT_EQ(parameter(plain, "bias").abs().max().item<double>(), 0);
}

TEST(SpectralEmbedding, LooksUpARowOfTheNormalisedTable) {
  SpectralEmbedding embedding(6, 4, Rng(1));
  embedding.eval();
  const Tensor y = at::tensor({5, 0, 5}, at::kLong);
  EXPECT_TRUE(embedding.forward(y).allclose(embedding.effective().index_select(0, y)));
}

}  // namespace
}  // namespace tacit
