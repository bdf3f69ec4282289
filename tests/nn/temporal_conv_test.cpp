// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/temporal_conv.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/core/weights.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

const Spec kSpec{Modality::signal, {3, 60}, 50, {"x", "y", "z"}};

TemporalConvConfig small() {
  return {.filters = {4, 5}, .kernels = {7, 4}, .strides = {2, 1}, .dropout = 0};
}

/// Same padding, leaky ReLU and overlapping maxima.
TemporalConvConfig of_ecg() {
  return {.filters = {4, 5, 6},
          .kernels = {7, 4, 3},
          .padding = Padding::same,
          .pool_widths = {1, 8, 3},
          .pool_strides = {1, 2, 2},
          .negative_slope = 0.2,
          .dropout = 0};
}

Tensor numbers(at::IntArrayRef shape, uint64_t seed) {
  Rng rng(seed);
  Tensor x = at::empty(shape);
  for (int64_t i = 0; i < x.numel(); ++i)
    x.mutable_data_ptr<float>()[i] = static_cast<float>(rng.normal());
  return x;
}

/// Fills every weight and buffer so that biases and statistics matter too.
void stir(TemporalConv& encoder) {
  auto all = weights(encoder);
  uint64_t seed = 100;
  for (auto& [name, value] : all) {
    value = numbers(value.sizes(), ++seed) * 0.3;
    if (name.ends_with("running_var")) value = value.abs() + 0.5;
  }
  set_weights(encoder, all);
}

/// The same network from LibTorch's plain functions, channels first throughout.
Tensor plain(const TemporalConvConfig& config, std::map<std::string, Tensor> w, const Tensor& x,
             bool training) {
  Tensor h = x;
  std::vector<Tensor> pooled;
  for (size_t i = 0; i < config.filters.size(); ++i) {
    const std::string conv = text("conv{}_", i + 1), norm = text("norm{}_", i + 1);
    if (config.padding == Padding::same) {
      const int64_t around = config.kernels[i] - 1;
      h = at::constant_pad_nd(h, {around / 2, around - around / 2});
    }
    h = at::conv1d(h, w.at(conv + "weight"), w.at(conv + "bias"), config.strides[i]);
    if (config.normalization == LayerNormalization::batch) {
      const Tensor mean = training ? h.mean(at::IntArrayRef({0, 2})) : w.at(norm + "running_mean");
      const Tensor var =
          training ? h.var(at::IntArrayRef({0, 2}), false) : w.at(norm + "running_var");
      h = (h - mean.view({1, -1, 1})) / (var.view({1, -1, 1}) + 1e-5).sqrt();
      h = h * w.at(norm + "gain").view({1, -1, 1}) + w.at(norm + "shift").view({1, -1, 1});
    }
    h = h.clamp_min(0) + config.negative_slope * h.clamp_max(0);
    if (!config.pool_widths.empty())
      h = std::get<0>(
          at::max_pool1d_with_indices(h, config.pool_widths[i], config.pool_strides[i]));
    if (config.pooled_layers == PooledLayers::last && i + 1 < config.filters.size()) continue;
    if (config.pooling != Pooling::mean) pooled.push_back(h.amax(2));
    if (config.pooling != Pooling::max) pooled.push_back(h.mean(2));
    if (config.pooling == Pooling::max_mean_std) pooled.push_back((h.var(2, false) + 1e-5).sqrt());
  }
  return at::cat(pooled, 1);
}

TEST(TemporalConv, AgreesWithPlainConvolutionsInEveryVariant) {
  const Tensor x = numbers({6, 3, 60}, 1);
  for (const Pooling pooling :
       {Pooling::max, Pooling::mean, Pooling::max_mean, Pooling::max_mean_std})
    for (const LayerNormalization norm : {LayerNormalization::none, LayerNormalization::batch})
      for (const PooledLayers layers : {PooledLayers::last, PooledLayers::all})
        for (const bool training : {false, true})
          for (const bool padded : {false, true}) {
            TemporalConvConfig config = padded ? of_ecg() : small();
            config.pooling = pooling, config.normalization = norm, config.pooled_layers = layers;
            TemporalConv encoder(config, kSpec, Rng(1));
            stir(encoder);
            encoder.train(training);
            const Tensor wanted = plain(config, weights(encoder), x, training);
            const Tensor got = encoder.forward(x);
            EXPECT_EQ(got.size(1), encoder.features());
            EXPECT_TRUE(got.allclose(wanted, 1e-4, 1e-4))
                << write_config(config).dump() << " differs by "
                << (got - wanted).abs().max().item<double>();
          }
}

TEST(TemporalConv, MovesBatchStatisticsOnlyWhileTraining) {
  TemporalConvConfig config = small();
  config.normalization = LayerNormalization::batch;
  TemporalConv encoder(config, kSpec, Rng(1));
  const Tensor x = numbers({6, 3, 60}, 1);
  auto before = weights(encoder);
  encoder.eval();
  encoder.forward(x);
  EXPECT_TRUE(weights(encoder).at("norm1_running_mean").equal(before.at("norm1_running_mean")));
  encoder.train();
  encoder.forward(x);
  const Tensor convolved = at::conv1d(x, before.at("conv1_weight"), before.at("conv1_bias"), 2);
  EXPECT_TRUE(weights(encoder)
                  .at("norm1_running_mean")
                  .allclose(0.1 * convolved.mean(at::IntArrayRef({0, 2})), 1e-3, 1e-5));
  EXPECT_TRUE(weights(encoder)
                  .at("norm1_running_var")
                  .allclose(0.9 + 0.1 * convolved.var(at::IntArrayRef({0, 2}), true), 1e-3, 1e-5));
}

TEST(TemporalConv, HasThePapersNumberOfParametersByDefault) {
  const Spec spec{Modality::signal, {3, 400}, 50, {"x", "y", "z"}};
  TemporalConv encoder({}, spec, Rng(1));
  int64_t count = 0;
  for (const Tensor& parameter : encoder.parameters()) count += parameter.numel();
  EXPECT_EQ(count, 84416);
  EXPECT_EQ(encoder.features(), 96);
}

TEST(TemporalConv, RefusesSizesThatDoNotFit) {
  const auto said = [](auto change) {
    TemporalConvConfig config = of_ecg();
    change(config);
    return message_of<ConfigError>([&] { TemporalConv(config, kSpec, Rng(1)); });
  };
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_TRUE(has(said([](auto& c) { c.strides = {1, 1}; }), "the same number of layers"));
  EXPECT_TRUE(has(said([](auto& c) { c.strides = {1, 2, 1}; }), "strides of 1"));
  EXPECT_TRUE(has(said([](auto& c) { c.pool_widths = {2}; }), "must list 3 layers"));
  EXPECT_TRUE(has(said([](auto& c) { c.pool_widths = {1, 8, 99}; }), "the maximum of 99 steps"));
}

TEST(TemporalConv, RefusesWindowsThatAreTooShort) {
  const auto make = [](int64_t length) {
    Spec spec = kSpec;
    spec.shape[1] = length;
    return std::make_shared<TemporalConv>(small(), spec, Rng(1));
  };
  // (13 - 7) / 2 + 1 = 4 samples are just enough for the second layer.
  EXPECT_EQ(make(13)->forward(numbers({2, 3, 13}, 1)).size(1), 5);
  EXPECT_NE(message_of<ConfigError>([&] { make(12); }).find("windows of 12 samples"),
            std::string::npos);
}

TEST(TemporalConv, RefusesListsOfDifferentLengths) {
  TemporalConvConfig config = small();
  config.strides = {1};
  EXPECT_THROW(TemporalConv(config, kSpec, Rng(1)), ConfigError);
}

TEST(TemporalConv, LastBlockIsTheLastLayer) {
  for (const LayerNormalization norm : {LayerNormalization::none, LayerNormalization::batch}) {
    TemporalConvConfig config = small();
    config.normalization = norm;
    TemporalConv encoder(config, kSpec, Rng(1));
    std::vector<std::string> found;
    for (const Tensor& parameter : encoder.last_block())
      for (const auto& item : encoder.named_parameters())
        if (item.value().is_same(parameter)) found.push_back(item.key());
    std::vector<std::string> wanted{"conv2_weight", "conv2_bias"};
    if (norm == LayerNormalization::batch)
      wanted.insert(wanted.end(), {"norm2_gain", "norm2_shift"});
    EXPECT_EQ(found, wanted);
  }
}

TEST(TemporalConv, DropsOnlyWhileTraining) {
  TemporalConvConfig config = small();
  config.dropout = 0.5;
  TemporalConv encoder(config, kSpec, Rng(1));
  const Tensor x = numbers({6, 3, 60}, 1);
  encoder.train();
  EXPECT_FALSE(encoder.forward(x).equal(encoder.forward(x)));
  encoder.eval();
  EXPECT_TRUE(encoder.forward(x).equal(encoder.forward(x)));
}

}  // namespace
}  // namespace tacit
