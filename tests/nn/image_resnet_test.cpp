// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/image_resnet.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/nn/in_onnx.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const Spec kSpec{Modality::image, {3, 20, 17}, 0, {"red", "green", "blue"}};

struct Kind {
  ImageStem stem = ImageStem::small;
  ImageNormalization normalization = ImageNormalization::batch;
};

ImageResnetConfig small(const Kind& kind = {}) {
  return {
      .stem = kind.stem, .filters = {4, 6}, .blocks = {1, 2}, .normalization = kind.normalization};
}

/// Every pixel and all statistics in their plainest form.
Tensor plain(const Kind& kind, std::map<std::string, Tensor> w, const Tensor& x, bool training) {
  const auto [stem, normalization] = kind;
  const auto conv = [&](const Tensor& h, const std::string& name, int64_t stride) {
    const Tensor weight = w.at(name + ".weight");
    const int64_t edge = weight.size(2) / 2;
    Tensor y = at::conv2d(at::constant_pad_nd(h, {edge, edge, edge, edge}), weight);
    y = y.slice(2, 0, y.size(2), stride).slice(3, 0, y.size(3), stride);
    const auto column = [&](const std::string& what) {
      return w.at(name + what).view({1, -1, 1, 1});
    };
    const bool layer = normalization == ImageNormalization::layer;
    const std::vector<int64_t> over =
        layer ? std::vector<int64_t>{1, 2, 3} : std::vector<int64_t>{0, 2, 3};
    y = training || layer
            ? (y - y.mean(over, true)) / (y.var(over, /*unbiased=*/false, true) + 1e-5).sqrt()
            : (y - column(".running_mean")) / (column(".running_var") + 1e-5).sqrt();
    return y * column(".gain") + column(".shift");
  };
  Tensor h = conv(x, "stem", stem == ImageStem::large ? 2 : 1).clamp_min(0);
  if (stem == ImageStem::large) {  // no value is negative, so zeros never are a maximum
    h = at::constant_pad_nd(h, {1, 1, 1, 1}).unfold(2, 3, 2).unfold(3, 3, 2);
    h = h.amax({4, 5});
  }
  for (int block = 1; block <= 3; ++block) {
    const std::string name = text("block{}_", block);
    const int64_t stride = block == 2 ? 2 : 1;
    const Tensor changed = conv(conv(h, name + "first", stride).clamp_min(0), name + "second", 1);
    h = (changed + (block == 2 ? conv(h, name + "shortcut", stride) : h)).clamp_min(0);
  }
  return h.flatten(2).mean(2);
}

class EachImageResnet : public testing::TestWithParam<Kind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, EachImageResnet,
                         testing::Values(Kind{}, Kind{.stem = ImageStem::large},
                                         Kind{.normalization = ImageNormalization::layer}),
                         [](const auto& each) {
                           return enum_name(each.param.stem) + "_" +
                                  enum_name(each.param.normalization);
                         });

TEST_P(EachImageResnet, AgreesWithPlainConvolutions) {
  const Tensor x = numbers({5, 3, 20, 17}, 1);
  for (const bool training : {false, true}) {
    ImageResnet encoder(small(GetParam()), kSpec, Rng(1));
    stir(encoder);
    encoder.train(training);
    const Tensor wanted = plain(GetParam(), weights(encoder), x, training),
                 got = encoder.forward(x);
    EXPECT_EQ(got.sizes(), (at::IntArrayRef{5, encoder.features()}));
    EXPECT_TRUE(got.allclose(wanted, 1e-3, 1e-4)) << (got - wanted).abs().max().item<double>();
  }
}

TEST_P(EachImageResnet, GivesEveryParameterAGradient) {
  for (const bool training : {false, true}) {
    ImageResnet encoder(small(GetParam()), kSpec, Rng(1));
    encoder.train(training);
    encoder.forward(numbers({5, 3, 20, 17}, 1)).square().sum().backward();
    for (const auto& item : encoder.named_parameters())
      EXPECT_TRUE(item.value().grad().defined() &&
                  item.value().grad().abs().max().item<double>() > 0)
          << item.key();
  }
}

TEST_P(EachImageResnet, LooksAtEachRowByItselfInEvalMode) {
  ImageResnet encoder(small(GetParam()), kSpec, Rng(1));
  stir(encoder);
  encoder.eval();
  const Tensor x = numbers({5, 3, 20, 17}, 1), together = encoder.forward(x);
  EXPECT_TRUE(encoder.forward(x).equal(together));
  for (int64_t row = 0; row < 5; ++row)
    EXPECT_TRUE(encoder.forward(x.slice(0, row, row + 1))[0].allclose(together[row], 1e-5, 1e-5));
}

TEST(ImageResnet, LooksAtEachRowByItselfWhileTrainingTooWhereItNormalisesLayers) {
  ImageResnet encoder(small({.normalization = ImageNormalization::layer}), kSpec, Rng(1));
  const Tensor x = numbers({5, 3, 20, 17}, 1), together = encoder.forward(x);
  for (int64_t row = 0; row < 5; ++row)
    EXPECT_TRUE(encoder.forward(x.slice(0, row, row + 1))[0].allclose(together[row], 1e-5, 1e-5));
  for (const auto& item : encoder.named_buffers()) ADD_FAILURE() << item.key();
}

TEST_P(EachImageResnet, DoesTheSameInOnnxRuntime) {
  ImageResnet encoder(small(GetParam()), kSpec, Rng(1));
  expect_same_in_onnx(encoder, kSpec.shape);
}

TEST(ImageResnet, HasAsManyParametersAsResNet18WithoutItsClasses) {
  const auto count = [](const ImageResnetConfig& config) {
    int64_t sum = 0;
    for (const Tensor& p : ImageResnet(config, kSpec, Rng(1)).parameters()) sum += p.numel();
    return sum;
  };
  // torchvision's resnet18 has 11,689,512, of which a dense layer for 1000 classes has 513,000, and
  // its first convolution is of 7 x 7 pixels.
  EXPECT_EQ(count({}), 11'689'512 - 513'000 - 64 * 3 * (49 - 9));
  EXPECT_EQ(count({.stem = ImageStem::large, .filters = {64}, .blocks = {1}}) -
                count({.filters = {64}, .blocks = {1}}),
            64 * 3 * (49 - 9));
}

TEST(ImageResnet, TakesImagesOfAnySize) {
  ImageResnet encoder({.filters = {2, 2, 2, 2}, .blocks = {1, 1, 1, 1}}, kSpec, Rng(1));
  encoder.eval();
  for (const int64_t size : {1, 2, 3, 9, 32, 64})
    EXPECT_TRUE(encoder.forward(numbers({2, 3, size, size + 1}, 1)).isfinite().all().item<bool>())
        << size;
}

TEST(ImageResnet, MovesBatchStatisticsOnlyWhileTraining) {
  ImageResnet encoder(small(), kSpec, Rng(1));
  const auto before = weights(encoder);
  encoder.eval();
  encoder.forward(numbers({5, 3, 20, 17}, 1));
  EXPECT_TRUE(weights(encoder).at("stem.running_var").equal(before.at("stem.running_var")));
  encoder.train();
  encoder.forward(numbers({5, 3, 20, 17}, 1));
  EXPECT_FALSE(weights(encoder).at("stem.running_var").equal(before.at("stem.running_var")));
}

TEST(ImageResnet, StartsNormalAndTheSameForTheSameSeed) {
  const auto start = [](uint64_t seed) {
    return weights(ImageResnet({.filters = {16, 32}, .blocks = {1, 1}}, kSpec, Rng(seed)));
  };
  const auto one = start(1), other = start(2);
  for (const auto& [name, value] : start(1)) EXPECT_TRUE(value.equal(one.at(name))) << name;
  EXPECT_FALSE(one.at("stem.weight").equal(other.at("stem.weight")));
  EXPECT_FALSE(one.at("block1_first.weight").equal(one.at("block1_second.weight")));
  const Tensor values = one.at("block2_first.weight") / std::sqrt(2.0 / (32 * 9));  // 4608
  EXPECT_NEAR(values.mean().item<double>(), 0, 0.05);
  EXPECT_NEAR(values.std().item<double>(), 1, 0.04);
  EXPECT_NEAR(values.pow(4).mean().item<double>(), 3, 0.4);
}

TEST(ImageResnet, LastBlockIsTheLastResidualBlock) {
  ImageResnet encoder(small(), kSpec, Rng(1));
  std::vector<Tensor> wanted;
  for (const auto& item : encoder.named_parameters())
    if (item.key().starts_with("block3_")) wanted.push_back(item.value());
  const std::vector<Tensor> got = encoder.last_block();
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].is_same(wanted[i])) << i;
}

TEST(ImageResnet, RefusesWhatDoesNotFitTogether) {
  EXPECT_NE(message_of<ConfigError>([] {
              ImageResnet({.filters = {8, 8}}, kSpec, Rng(1));
            }).find("encoder.filters"),
            std::string::npos);
  EXPECT_NE(message_of<ShapeError>([] {
              ImageResnet({}, {Modality::signal, {3, 100}, 50, {}}, Rng(1));
            }).find("[3, 100]"),
            std::string::npos);
}

TEST(ImageResnetConfig, ReadsItsStem) {
  ImageResnetConfig config;
  read_config(config, {{"stem", "large"}}, "encoder");
  EXPECT_EQ(config.stem, ImageStem::large);
  EXPECT_EQ(config_fields<ImageResnetConfig>().size(), 4u);
}

}  // namespace
}  // namespace tacit
