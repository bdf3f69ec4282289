// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/resnet1d.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const Spec kSpec{Modality::signal, {3, 61}, 50, {"x", "y", "z"}};

Resnet1dConfig small(ChannelNormalization normalization) {
  return {.stem_kernel = 5,
          .stem_stride = 2,
          .filters = {4, 8},
          .blocks = {1, 2},
          .strides = {1, 3},
          .kernel = 3,
          .normalization = normalization,
          .groups = 2};
}

/// Mean 0 and deviation 1 over `dims` of h [N, G, C / G, T].
Tensor even(const Tensor& h, at::IntArrayRef dims) {
  return (h - h.mean(dims, true)) / (h.var(dims, /*unbiased=*/false, true) + 1e-5).sqrt();
}

/// The network from single convolutions.
Tensor plain(const Resnet1dConfig& config, std::map<std::string, Tensor> w, const Tensor& x,
             bool training) {
  const auto conv = [&](const Tensor& h, const std::string& name, int64_t stride) {
    const Tensor weight = w.at(name + ".weight"),
                 edges = at::constant_pad_nd(h, {weight.size(2) / 2, weight.size(2) / 2});
    Tensor y = at::conv1d(edges, weight, {}, stride);
    const auto column = [&](const std::string& what) { return w.at(name + what).view({1, -1, 1}); };
    if (config.normalization == ChannelNormalization::none) return y + column(".bias");
    if (config.normalization == ChannelNormalization::group)
      y = even(y.unflatten(1, {config.groups, -1}), {2, 3}).flatten(1, 2);
    else if (training)
      y = even(y, {0, 2});
    else
      y = (y - column(".running_mean")) / (column(".running_var") + 1e-5).sqrt();
    return y * column(".gain") + column(".shift");
  };
  Tensor h = conv(x, "stem", 2).clamp_min(0);
  for (int block = 1; block <= 3; ++block) {
    const std::string name = text("block{}_", block);
    const int64_t stride = block == 2 ? 3 : 1;
    const Tensor changed = conv(conv(h, name + "first", stride).clamp_min(0), name + "second", 1);
    h = (changed + (block == 2 ? conv(h, name + "shortcut", stride) : h)).clamp_min(0);
  }
  return h.mean(2);
}

TEST(Resnet1d, AgreesWithPlainConvolutionsInEveryVariant) {
  const Tensor x = numbers({6, 3, 61}, 1);
  for (const ChannelNormalization normalization :
       {ChannelNormalization::none, ChannelNormalization::batch, ChannelNormalization::group})
    for (const bool training : {false, true}) {
      SCOPED_TRACE(enum_name(normalization) + (training ? ", training" : ""));
      const Resnet1dConfig config = small(normalization);
      Resnet1d encoder(config, kSpec, Rng(1));
      stir(encoder);
      encoder.train(training);
      const Tensor wanted = plain(config, weights(encoder), x, training), got = encoder.forward(x);
      EXPECT_EQ(got.size(1), encoder.features());
      EXPECT_TRUE(got.allclose(wanted, 1e-3, 1e-4)) << (got - wanted).abs().max().item<double>();
    }
}

TEST(Resnet1d, MovesBatchStatisticsOnlyWhileTraining) {
  Resnet1d encoder(small(ChannelNormalization::batch), kSpec, Rng(1));
  const auto before = weights(encoder);
  encoder.eval();
  encoder.forward(numbers({6, 3, 61}, 1));
  EXPECT_TRUE(weights(encoder).at("stem.running_var").equal(before.at("stem.running_var")));
  encoder.train();
  encoder.forward(numbers({6, 3, 61}, 1));
  EXPECT_FALSE(weights(encoder).at("stem.running_var").equal(before.at("stem.running_var")));
}

TEST(Resnet1d, TakesWindowsOfAnyLength) {
  Resnet1d encoder({}, kSpec, Rng(1));
  encoder.eval();
  for (const int64_t length : {1, 2, 3, 17, 400})
    EXPECT_TRUE(encoder.forward(numbers({2, 3, length}, 1)).isfinite().all().item<bool>())
        << length;
}

TEST(Resnet1d, LastBlockIsTheLastResidualBlock) {
  Resnet1d encoder(small(ChannelNormalization::batch), kSpec, Rng(1));
  std::vector<Tensor> wanted;
  for (const auto& item : encoder.named_parameters())
    if (item.key().starts_with("block3_")) wanted.push_back(item.value());
  const std::vector<Tensor> got = encoder.last_block();
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].is_same(wanted[i])) << i;
}

TEST(Resnet1d, RefusesWhatDoesNotFitTogether) {
  const auto message = [](const Resnet1dConfig& config) {
    return message_of<ConfigError>([&] { Resnet1d(config, kSpec, Rng(1)); });
  };
  EXPECT_NE(message({.filters = {8, 8}}).find("encoder.filters"), std::string::npos);
  EXPECT_NE(message({.kernel = 4}).find("odd"), std::string::npos);
  EXPECT_NE(message({.stem_kernel = 8}).find("odd"), std::string::npos);
  EXPECT_NE(
      message({.normalization = ChannelNormalization::group, .groups = 5}).find("encoder.groups"),
      std::string::npos);
}

}  // namespace
}  // namespace tacit
