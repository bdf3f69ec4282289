// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/gan_discriminator.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/nn/in_onnx.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

Spec images(int64_t size) {
  return {Modality::image, {3, size, size}, 0, {"red", "green", "blue"}};
}

int64_t count(const torch::nn::Module& module) {
  int64_t sum = 0;
  for (const Tensor& parameter : module.parameters()) sum += parameter.numel();
  return sum;
}

/// Four channels for 32 pixels.
GanDiscriminatorConfig small(PixelPooling pooling = PixelPooling::sum) {
  return {.width = 1.0 / 32, .pooling = pooling};
}

/// The discriminator for 32 pixels in eval mode and in the published order, from its weights.
Tensor plain(std::map<std::string, Tensor> w, const Tensor& x) {
  const auto conv = [&](const Tensor& h, const std::string& name) {
    const Tensor weight = w.at(name + ".weight"), u = w.at(name + ".u");
    const Tensor sigma = weight.flatten(1).t().matmul(u).square().sum().sqrt();
    return at::conv2d(h, weight / sigma, w.at(name + ".bias"), 1, weight.size(2) / 2);
  };
  const auto halved = [](const Tensor& h) {
    return h.unflatten(3, {-1, 2}).unflatten(2, {-1, 2}).mean({3, 5});
  };
  Tensor h = halved(conv(conv(x, "block1.first").clamp_min(0), "block1.second")) +
             conv(halved(x), "block1.shortcut");
  for (const std::string block : {"block2", "block3", "block4"}) {
    const Tensor first = conv(h.clamp_min(0), block + ".first").clamp_min(0),
                 changed = conv(first, block + ".second");
    h = block == "block2" ? halved(changed) + halved(conv(h, block + ".shortcut")) : changed + h;
  }
  return h.clamp_min(0).flatten(2);
}

TEST(GanDiscriminator, AgreesWithThePublishedOrderOfPlainOperations) {
  const Tensor x = numbers({5, 3, 32, 32}, 1);
  for (const PixelPooling pooling : {PixelPooling::sum, PixelPooling::mean}) {
    GanDiscriminator discriminator(small(pooling), images(32), Rng(1));
    stir(discriminator);
    discriminator.eval();
    const Tensor map = plain(weights(discriminator), x),
                 wanted = pooling == PixelPooling::sum ? map.sum(2) : map.mean(2),
                 got = discriminator.forward(x);
    EXPECT_EQ(got.sizes(), (at::IntArrayRef{5, discriminator.features()}));
    EXPECT_TRUE(got.allclose(wanted, 1e-3, 1e-4)) << (got - wanted).abs().max().item<double>();
  }
}

TEST(GanDiscriminator, TakesImagesOfEachSizeAndNoOther) {
  for (const auto& [size, features] : {std::pair<int64_t, int64_t>{32, 4}, {48, 32}, {64, 32}}) {
    GanDiscriminator discriminator(small(), images(size), Rng(1));
    EXPECT_EQ(discriminator.features(), features);
    EXPECT_EQ(discriminator.forward(numbers({2, 3, size, size}, 1)).sizes(),
              (at::IntArrayRef{2, features}));
  }
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{3, 28, 28}, {3, 32, 48}, {3, 32}, {1, 3, 32, 32}})
    EXPECT_NE(message_of<ConfigError>([&] {
                GanDiscriminator({}, {Modality::image, shape, 0, {}}, Rng(1));
              }).find("64 x 64"),
              std::string::npos);
}

TEST(GanDiscriminator, HalvesTheMapAsOftenAsPublished) {
  // Sum over mean is the number of pixels that are pooled.
  for (const auto& [size, pixels] : {std::pair<int64_t, double>{32, 64}, {48, 9}, {64, 4}}) {
    GanDiscriminator sum(small(), images(size), Rng(1)),
        mean(small(PixelPooling::mean), images(size), Rng(1));
    const Tensor x = numbers({2, 3, size, size}, 1);
    EXPECT_TRUE(sum.forward(x).allclose(mean.forward(x) * pixels, 1e-4, 1e-4)) << size;
  }
}

TEST(GanDiscriminator, IsNormalisedSpectrallyInEveryLayer) {
  GanDiscriminator discriminator(small(), images(48), Rng(1));
  GanHeads heads({.features = discriminator.features(), .tells_rotation = true, .classes = 5},
                 Rng(1));
  const c10::AutoGradMode no_grad(false);
  const Tensor x = numbers({1, 3, 48, 48}, 1), y = at::zeros({1}, at::kLong);
  for (int i = 0; i < 100; ++i) heads.forward(discriminator.forward(x), y);
  size_t layers = 0, of_parameters = 0;
  for (const torch::nn::Module* net :
       std::initializer_list<const torch::nn::Module*>{&discriminator, &heads}) {
    for (const auto& item : net->named_parameters()) of_parameters += item.value().dim() > 1;
    for (const auto& module : net->modules(/*include_self=*/false))
      if (const auto layer = std::dynamic_pointer_cast<SpectralWeight>(module)) {
        ++layers;
        EXPECT_NEAR(at::linalg_svdvals(layer->effective().flatten(1)).max().item<double>(), 1,
                    0.02);
      }
  }
  EXPECT_EQ(layers, of_parameters);
  EXPECT_EQ(layers, 15u + 3u);
}

TEST(GanDiscriminator, LooksAtEachRowByItselfInEvalMode) {
  GanDiscriminator discriminator(small(), images(32), Rng(1));
  discriminator.eval();
  const auto before = weights(discriminator);
  const Tensor x = numbers({5, 3, 32, 32}, 1), together = discriminator.forward(x);
  EXPECT_TRUE(discriminator.forward(x).equal(together));
  for (int64_t row = 0; row < 5; ++row)
    EXPECT_TRUE(
        discriminator.forward(x.slice(0, row, row + 1))[0].allclose(together[row], 1e-4, 1e-5));
  for (const auto& [name, value] : weights(discriminator))
    EXPECT_TRUE(value.equal(before.at(name)));
}

TEST(GanDiscriminator, GivesImagesAndEveryParameterAGradient) {
  for (const bool training : {false, true}) {
    GanDiscriminator discriminator(small(), images(64), Rng(1));
    discriminator.train(training);
    const Tensor x = numbers({3, 3, 64, 64}, 1).set_requires_grad(true);
    discriminator.forward(x).square().sum().backward();
    EXPECT_GT(x.grad().abs().max().item<double>(), 0);
    for (const auto& item : discriminator.named_parameters())
      EXPECT_TRUE(item.value().grad().defined() &&
                  item.value().grad().abs().max().item<double>() > 0)
          << item.key();
  }
}

TEST(GanDiscriminator, DoesTheSameInOnnxRuntime) {
  for (const PixelPooling pooling : {PixelPooling::sum, PixelPooling::mean})
    for (const int64_t size : {32, 48, 64}) {
      GanDiscriminator discriminator(small(pooling), images(size), Rng(1));
      expect_same_in_onnx(discriminator, images(size).shape);
    }
}

TEST(GanDiscriminator, IsTheSameForTheSameSeed) {
  const Tensor x = numbers({2, 3, 32, 32}, 1);
  const auto features = [&](uint64_t seed) {
    return GanDiscriminator(small(), images(32), Rng(seed)).forward(x);
  };
  EXPECT_TRUE(features(1).equal(features(1)));
  EXPECT_FALSE(features(1).equal(features(2)));
}

TEST(GanDiscriminator, StartsWithTheGainsOfItsLayers) {
  const auto w = weights(GanDiscriminator({.width = 0.25}, images(32), Rng(1)));  // 32 channels
  const auto reach = [&](const std::string& name, double fans) {
    return w.at(name + ".weight").abs().max().item<double>() / std::sqrt(6.0 / fans);
  };
  EXPECT_NEAR(reach("block2.first", 9 * 64), std::sqrt(2), 0.01);
  EXPECT_NEAR(reach("block4.second", 9 * 64), std::sqrt(2), 0.01);
  EXPECT_NEAR(reach("block2.shortcut", 64), 1, 0.01);
  EXPECT_FALSE(w.at("block3.first.weight").equal(w.at("block4.first.weight")));
}

TEST(GanDiscriminator, LastBlockIsTheLastResidualBlock) {
  GanDiscriminator discriminator(small(), images(48), Rng(1));
  std::vector<Tensor> wanted;
  for (const auto& item : discriminator.named_parameters())
    if (item.key().starts_with("block5.")) wanted.push_back(item.value());
  const std::vector<Tensor> got = discriminator.last_block();
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].is_same(wanted[i])) << i;
}

/// Parameters by layers; `between`: channels between a block's convolutions.
int64_t formula(const std::vector<int64_t>& channels, size_t halvings) {
  int64_t sum = 0, from = 3;
  for (size_t i = 0; i < channels.size(); ++i) {
    const int64_t to = channels[i], between = i == 0 ? to : from;
    sum += (9 * from + 1) * between + (9 * between + 1) * to;
    if (from != to || i < halvings) sum += (from + 1) * to;
    from = to;
  }
  return sum;
}

TEST(GanDiscriminator, HasAsManyParametersAsPublished) {
  const auto numel = [](int64_t size) { return count(GanDiscriminator({}, images(size), Rng(1))); };
  const std::vector<int64_t> widening{64, 128, 256, 512, 1024};
  EXPECT_EQ(numel(32), 1'053'825 - 129);
  EXPECT_EQ(formula({128, 128, 128, 128}, 2), 1'053'825 - 129);
  EXPECT_EQ(numel(48), formula(widening, 4));
  EXPECT_EQ(numel(64), formula(widening, 5));
  EXPECT_EQ(count(GanDiscriminator({.width = 0.3}, images(64), Rng(1))),
            formula({19, 38, 77, 154, 307}, 5));
  EXPECT_EQ(count(GanHeads({.features = 128}, Rng(1))), 129);
  EXPECT_EQ(count(GanHeads({.features = 128, .tells_rotation = true, .classes = 10}, Rng(1))),
            129 + 4 * 129 + 10 * 128);
}

TEST(GanHeads, ScoreAndTellRotationsByDenseLayers) {
  GanHeads heads({.features = 6, .tells_rotation = true}, Rng(1));
  stir(heads);
  heads.eval();
  auto w = weights(heads);
  const Tensor features = numbers({5, 6}, 1);
  const auto dense = [&](const std::string& name) {
    const Tensor weight = w.at(name + ".weight"),
                 sigma = weight.t().matmul(w.at(name + ".u")).norm();
    return features.matmul(weight.t() / sigma) + w.at(name + ".bias");
  };
  const Judgement got = heads.forward(features);
  EXPECT_EQ(got.score.sizes(), at::IntArrayRef{5});
  EXPECT_TRUE(got.score.allclose(dense("score").view(5), 1e-4, 1e-5));
  EXPECT_EQ(got.rotation.sizes(), (at::IntArrayRef{5, 4}));
  EXPECT_TRUE(got.rotation.allclose(dense("rotation"), 1e-4, 1e-5));
  EXPECT_TRUE(got.features.is_same(features));
}

TEST(GanHeads, AddTheInnerProductWithTheVectorOfTheClass) {
  GanHeads heads({.features = 6, .classes = 3}, Rng(1)), without({.features = 6}, Rng(1));
  heads.eval();
  without.eval();
  auto w = weights(heads);
  const Tensor features = numbers({4, 6}, 1), y = at::tensor({2, 0, 1, 2}, at::kLong);
  const Tensor table =
      w.at("projection.weight") / w.at("projection.weight").t().matmul(w.at("projection.u")).norm();
  const Judgement got = heads.forward(features, y);
  EXPECT_FALSE(got.rotation.defined());
  const Tensor added = got.score - without.forward(features).score;
  for (int64_t row = 0; row < 4; ++row)
    EXPECT_NEAR(added[row].item<double>(),
                table[y[row].item<int64_t>()].dot(features[row]).item<double>(), 1e-5);
  EXPECT_THROW(heads.forward(features), ShapeError);
  EXPECT_THROW(heads.forward(features, y.slice(0, 1)), ShapeError);
}

TEST(GanHeads, GiveEveryParameterAGradient) {
  GanHeads heads({.features = 6, .tells_rotation = true, .classes = 3}, Rng(1));
  const Judgement judgement =
      heads.forward(numbers({4, 6}, 1), at::tensor({2, 0, 1, 2}, at::kLong));
  (judgement.score.square().sum() + judgement.rotation.square().sum()).backward();
  for (const auto& item : heads.named_parameters())
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
}

}  // namespace
}  // namespace tacit
