// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/cpc_encoder.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/nn/in_onnx.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const Spec kSpec{Modality::signal, {2, 60}, 50, {"x", "y"}};

/// Frames of 5 numbers that see 12 samples, one every 4: 13 of them.
CpcEncoderConfig small() {
  return {.filters = {4, 5},
          .kernels = {6, 4},
          .strides = {2, 2},
          .context = {.context_width = 8, .context_heads = 2}};
}

/// Every choice of what is summed up, pooled, and how.
std::vector<CpcEncoderConfig> all_configs() {
  std::vector<CpcEncoderConfig> all;
  for (const ContextKind kind :
       {ContextKind::gru, ContextKind::convolution, ContextKind::transformer})
    for (const PooledSequences pooled :
         {PooledSequences::context, PooledSequences::frames, PooledSequences::both})
      for (const SequencePooling pooling :
           {SequencePooling::mean, SequencePooling::max, SequencePooling::max_mean,
            SequencePooling::max_mean_std, SequencePooling::last}) {
        CpcEncoderConfig config = small();
        config.context.context = kind, config.pooled = pooled, config.pooling = pooling;
        all.push_back(config);
      }
  return all;
}

TEST(CpcEncoder, FramesAreConvolutionsEachNormalisedByItself) {
  CpcEncoder encoder(small(), kSpec, Rng(1));
  stir(encoder);
  auto w = weights(encoder);
  for (const int64_t samples : {12, 15, 60}) {
    const Tensor x = numbers({3, 2, samples}, 1);
    Tensor h = x;
    for (const int64_t layer : {1, 2}) {
      h = at::conv1d(h, w.at(text("conv{}_weight", layer)), w.at(text("conv{}_bias", layer)), 2);
      h = (h - h.mean(1, true)) / (h.var(1, /*unbiased=*/false, true) + 1e-5).sqrt();
      h = h * w.at(text("norm{}.gain", layer)).view({-1, 1}) +
          w.at(text("norm{}.shift", layer)).view({-1, 1});
      h = h.clamp_min(0);
    }
    const Tensor z = encoder.frames(x);
    EXPECT_EQ(z.sizes(), (std::vector<int64_t>{3, encoder.frame_count(samples), 5}));
    EXPECT_TRUE(z.allclose(h.transpose(1, 2), 1e-4, 1e-5));
  }
}

TEST(CpcEncoder, AFrameSeesItsSamplesAndAContextNoLaterOnes) {
  for (const ContextKind kind :
       {ContextKind::gru, ContextKind::convolution, ContextKind::transformer}) {
    CpcEncoderConfig config = small();
    config.context.context = kind;
    CpcEncoder encoder(config, kSpec, Rng(1));
    const Tensor x = numbers({2, 2, 60}, 1), z = encoder.frames(x), c = encoder.contexts(z);
    for (const int64_t t : {0, 5, 11}) {
      const int64_t end = encoder.sample_count(t + 1);  // of frame t
      Tensor after = x.clone(), before = x.clone();
      after.slice(2, end).copy_(numbers({2, 2, 60 - end}, 2) * 100);
      EXPECT_TRUE(encoder.frames(after).slice(1, 0, t + 1).equal(z.slice(1, 0, t + 1)));
      EXPECT_TRUE(
          encoder.contexts(encoder.frames(after)).slice(1, 0, t + 1).equal(c.slice(1, 0, t + 1)));
      before.slice(2, 0, end - 12).fill_(100);
      EXPECT_TRUE(encoder.frames(before).slice(1, t).equal(z.slice(1, t)));
      before.select(2, end - 12).fill_(100);
      EXPECT_FALSE(encoder.frames(before).select(1, t).equal(z.select(1, t)));
    }
  }
}

TEST(CpcEncoder, FeaturesAreThePooledSequences) {
  const Tensor x = numbers({3, 2, 60}, 1);
  for (const CpcEncoderConfig& config : all_configs()) {
    SCOPED_TRACE(write_config(config).dump());
    CpcEncoder encoder(config, kSpec, Rng(1));
    encoder.eval();
    const Tensor z = encoder.frames(x), c = encoder.contexts(z);
    std::vector<Tensor> wanted;
    for (const auto& [h, of] :
         {std::pair{c, PooledSequences::context}, {z, PooledSequences::frames}}) {
      if (config.pooled != of && config.pooled != PooledSequences::both) continue;
      const SequencePooling pooling = config.pooling;
      if (pooling == SequencePooling::last) wanted.push_back(h.select(1, 12));
      if (pooling == SequencePooling::max || pooling == SequencePooling::max_mean ||
          pooling == SequencePooling::max_mean_std)
        wanted.push_back(h.amax(1));
      if (pooling == SequencePooling::mean || pooling == SequencePooling::max_mean ||
          pooling == SequencePooling::max_mean_std)
        wanted.push_back(h.mean(1));
      if (pooling == SequencePooling::max_mean_std)
        wanted.push_back((h.var(1, false) + 1e-5).sqrt());
    }
    const Tensor got = encoder.forward(x);
    EXPECT_EQ(got.sizes(), (std::vector<int64_t>{3, encoder.features()}));
    EXPECT_TRUE(got.allclose(at::cat(wanted, 1), 1e-4, 1e-5));
    for (const int64_t row : {0, 1, 2})
      EXPECT_TRUE(encoder.forward(x.slice(0, row, row + 1))[0].allclose(got[row], 1e-5, 1e-5));
  }
}

TEST(CpcEncoder, ComputesTheSameInOnnx) {
  for (const CpcEncoderConfig& config : all_configs()) {
    SCOPED_TRACE(write_config(config).dump());
    CpcEncoder encoder(config, kSpec, Rng(1));
    expect_same_in_onnx(encoder, kSpec.shape);
  }
}

TEST(CpcEncoder, HasThePublishedSizesByDefault) {
  const Spec speech{Modality::signal, {1, 20480}, 16000, {"sound"}};
  CpcEncoder encoder({}, speech, Rng(1));
  EXPECT_EQ(encoder.sample_count(1), 465);
  EXPECT_EQ(encoder.sample_count(2) - encoder.sample_count(1), 160);
  EXPECT_EQ(encoder.frame_count(20480), 126);
  EXPECT_EQ(encoder.frame_count(465), 1);
  EXPECT_EQ(encoder.frame_count(464), 0);
  for (const int64_t frames : {1, 2, 7})
    EXPECT_EQ(encoder.frame_count(encoder.sample_count(frames)), frames);
  int64_t count = 0;
  for (const Tensor& parameter : encoder.parameters()) count += parameter.numel();
  const int64_t convolutions = 256 * 10 + 256 * 256 * (8 + 4 + 4 + 4) + 5 * 256,
                norms = 5 * 2 * 256, gru = 2 * 3 * 256 * (256 + 1);
  EXPECT_EQ(count, convolutions + norms + gru);
}

TEST(CpcEncoder, SendsAGradientToEveryParameterByDefault) {
  CpcEncoder encoder({}, {Modality::signal, {2, 800}, 100, {"x", "y"}}, Rng(1));
  encoder.eval();
  encoder.forward(numbers({4, 2, 800}, 1)).square().sum().backward();
  for (const auto& item : encoder.named_parameters())
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
}

TEST(CpcEncoder, IsTheSameForTheSameSeed) {
  const Tensor x = numbers({2, 2, 60}, 1);
  const auto features = [&](uint64_t seed) {
    return CpcEncoder(small(), kSpec, Rng(seed)).forward(x);
  };
  EXPECT_TRUE(features(1).equal(features(1)));
  EXPECT_FALSE(features(1).equal(features(2)));
}

TEST(CpcEncoder, LastBlockIsWhatTheFeaturesComeFrom) {
  for (const CpcEncoderConfig& config : all_configs()) {
    CpcEncoder encoder(config, kSpec, Rng(1));
    const bool of_frames = config.pooled == PooledSequences::frames;
    const std::vector<Tensor> block = encoder.last_block();
    EXPECT_GE(block.size(), 4);
    for (const Tensor& parameter : block)
      for (const auto& item : encoder.named_parameters())
        if (item.value().is_same(parameter)) {
          const std::string& name = item.key();
          EXPECT_EQ(name.starts_with("conv2") || name.starts_with("norm2"), of_frames) << name;
          EXPECT_EQ(name.starts_with("context."), !of_frames) << name;
        }
  }
}

TEST(CpcEncoder, RefusesSizesAndWindowsThatDoNotFit) {
  CpcEncoderConfig uneven = small();
  uneven.strides = {2};
  EXPECT_NE(
      message_of<ConfigError>([&] { CpcEncoder(uneven, kSpec, Rng(1)); }).find("not 2, 2 and 1"),
      std::string::npos);
  Spec spec = kSpec;
  spec.shape[1] = 12;
  EXPECT_NO_THROW(CpcEncoder(small(), spec, Rng(1)));
  spec.shape[1] = 11;
  const std::string message = message_of<ConfigError>([&] { CpcEncoder(small(), spec, Rng(1)); });
  EXPECT_NE(message.find("windows of 11 samples"), std::string::npos) << message;
  EXPECT_NE(message.find("takes 12"), std::string::npos) << message;
}

}  // namespace
}  // namespace tacit
