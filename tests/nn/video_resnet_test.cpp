// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/video_resnet.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include "tests/core/folder.h"
#include "tests/nn/in_onnx.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const Spec kSpec{Modality::video, {3, 6, 20, 17}, 10, {"red", "green", "blue"}};

/// Volumes after frames and frames after volumes, groups of two channels.
VideoResnetConfig small(VideoNormalization normalization, ImageStem stem = ImageStem::small) {
  return {.stem = stem,
          .filters = {4, 6, 4},
          .blocks = {1, 2, 1},
          .time_kernels = {1, 3, 1},
          .normalization = normalization,
          .group_width = 2};
}

/// Everything as volumes, with borders, hops and statistics in their plainest form.
class Plain {
 public:
  Plain(const VideoResnet& of, bool training)
      : config_(of.config()), weights_(weights(of)), training_(training) {}

  /// [N, C, F, H, W] -> [N, D, F', H', W'], without segments.
  Tensor maps(const Tensor& x) const {
    const bool large = config_.stem == ImageStem::large;
    Tensor h = conv(x, "stem", false, large ? 2 : 1, 1).clamp_min(0);
    if (large) {  // no value is negative, so zeros never are a maximum
      h = at::constant_pad_nd(h, {1, 1, 1, 1}).unfold(3, 3, 2).unfold(4, 3, 2);
      h = h.amax({5, 6});
    }
    int64_t block = 0;
    for (size_t stage = 0; stage < config_.filters.size(); ++stage)
      for (int64_t index = 0; index < config_.blocks[stage]; ++index) {
        const bool volumes = config_.time_kernels[stage] > 1, hops = stage > 0 && index == 0;
        const int64_t stride = hops ? 2 : 1, hop = hops && volumes ? config_.time_hop : 1;
        const std::string name = text("block{}_", ++block);
        if (block > 1) h = h.clamp_min(0);
        const Tensor first = conv(h, name + "first", volumes, stride, hop).clamp_min(0);
        const Tensor kept = hops ? conv(h, name + "shortcut", volumes, stride, hop) : h;
        h = conv(first, name + "second", volumes, 1, 1) + kept;
      }
    return h;
  }

 private:
  Tensor conv(const Tensor& x, const std::string& name, bool volumes, int64_t stride,
              int64_t hop) const {
    Tensor weight = weights_.at(name + ".weight");
    if (weight.dim() == 4) weight = weight.unsqueeze(2);
    const int64_t edge = weight.size(3) / 2, before = weight.size(2) / 2;
    const Tensor padded = at::constant_pad_nd(x, {edge, edge, edge, edge, before, before});
    Tensor y = at::conv3d(padded, weight);
    y = y.slice(2, 0, y.size(2), hop).slice(3, 0, y.size(3), stride).slice(4, 0, y.size(4), stride);
    const auto column = [&](const std::string& what) {
      return weights_.at(name + what).view({1, -1, 1, 1, 1});
    };
    return normal(y, name, volumes) * column(".gain") + column(".shift");
  }

  Tensor normal(const Tensor& y, const std::string& name, bool volumes) const {
    const auto standard = [](const Tensor& x, at::IntArrayRef over) {
      const Tensor centred = x - x.mean(over, true);
      return centred / (centred.square().mean(over, true) + 1e-5).sqrt();
    };
    if (config_.normalization == VideoNormalization::batch) {
      if (training_) return standard(y, {0, 2, 3, 4});
      const auto column = [&](const std::string& what) {
        return weights_.at(name + what).view({1, -1, 1, 1, 1});
      };
      return (y - column(".running_mean")) / (column(".running_var") + 1e-5).sqrt();
    }
    const int64_t width =
        config_.normalization == VideoNormalization::layer ? y.size(1) : config_.group_width;
    std::vector<Tensor> groups;
    for (int64_t first = 0; first < y.size(1); first += width) {
      const Tensor group = y.narrow(1, first, width);
      groups.push_back(volumes ? standard(group, {1, 2, 3, 4}) : standard(group, {1, 3, 4}));
    }
    return at::cat(groups, 1);
  }

  VideoResnetConfig config_;
  std::map<std::string, Tensor> weights_;
  bool training_;
};

class VideoResnetWithEach : public testing::TestWithParam<VideoNormalization> {};
INSTANTIATE_TEST_SUITE_P(Normalization, VideoResnetWithEach,
                         testing::Values(VideoNormalization::batch, VideoNormalization::group,
                                         VideoNormalization::layer),
                         [](const auto& each) { return enum_name(each.param); });

TEST_P(VideoResnetWithEach, AgreesWithPlainConvolutions) {
  const Tensor x = numbers({3, 3, 6, 20, 17}, 1);
  for (const ImageStem stem : {ImageStem::small, ImageStem::large})
    for (const bool training : {false, true}) {
      VideoResnet encoder(small(GetParam(), stem), kSpec, Rng(1));
      stir(encoder);
      encoder.train(training);
      const Tensor wanted = Plain(encoder, training).maps(x), got = encoder.maps(x);
      ASSERT_EQ(got.sizes(), wanted.sizes());
      EXPECT_TRUE(got.allclose(wanted, 1e-3, 1e-3)) << (got - wanted).abs().max().item<double>();
      stir(encoder);  // training moved the statistics of batches
      const Tensor mean = Plain(encoder, training).maps(x).clamp_min(0).flatten(2).mean(2);
      EXPECT_TRUE(encoder.forward(x).allclose(mean, 1e-3, 1e-3));
    }
}

TEST_P(VideoResnetWithEach, GivesEveryParameterAGradient) {
  for (const bool training : {false, true}) {
    VideoResnet encoder(small(GetParam()), kSpec, Rng(1));
    encoder.train(training);
    encoder.forward(numbers({4, 3, 6, 20, 17}, 1)).square().sum().backward();
    for (const auto& item : encoder.named_parameters())
      EXPECT_TRUE(item.value().grad().defined() &&
                  item.value().grad().abs().max().item<double>() > 0)
          << item.key();
  }
}

TEST_P(VideoResnetWithEach, LooksAtEachRowByItself) {
  VideoResnet encoder(small(GetParam()), kSpec, Rng(1));
  stir(encoder);
  const Tensor x = numbers({4, 3, 6, 20, 17}, 1);
  for (const bool training : {false, true}) {
    if (training && GetParam() == VideoNormalization::batch) continue;
    encoder.train(training);
    const Tensor together = encoder.forward(x);
    EXPECT_TRUE(encoder.forward(x).equal(together));
    for (int64_t row = 0; row < 4; ++row)
      EXPECT_TRUE(encoder.forward(x.slice(0, row, row + 1))[0].allclose(together[row], 1e-5, 1e-5));
  }
}

TEST_P(VideoResnetWithEach, DoesTheSameInOnnxRuntime) {
  for (const ImageStem stem : {ImageStem::small, ImageStem::large})
    for (const int64_t segment : {0, 2}) {
      VideoResnetConfig config = small(GetParam(), stem);
      config.segment = segment;
      if (segment == 2) config.time_kernels = {3, 1, 3};
      VideoResnet encoder(config, kSpec, Rng(1));
      expect_same_in_onnx(encoder, kSpec.shape);
    }
}

TEST_P(VideoResnetWithEach, GivesTheSameOnAGpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "there is no CUDA GPU here";
  VideoResnet encoder(small(GetParam()), kSpec, Rng(1));
  encoder.eval();
  const Tensor x = numbers({4, 3, 6, 20, 17}, 1), here = encoder.forward(x);
  encoder.to(at::kCUDA);
  EXPECT_TRUE(encoder.forward(x.to(at::kCUDA)).cpu().allclose(here, 1e-3, 1e-3));
}

TEST(VideoResnet, SegmentsAreSeenByThemselves) {
  VideoResnetConfig config = small(VideoNormalization::group);
  VideoResnet whole(config, kSpec, Rng(1));
  config.segment = 3;
  VideoResnet parts(config, kSpec, Rng(1));
  const Tensor x = numbers({4, 3, 6, 20, 17}, 1), maps = parts.maps(x);
  std::vector<Tensor> wanted, features;
  for (int64_t first = 0; first < 6; first += 3) {
    wanted.push_back(whole.maps(x.narrow(2, first, 3)));
    features.push_back(whole.forward(x.narrow(2, first, 3)));
  }
  EXPECT_TRUE(maps.allclose(at::cat(wanted, 2), 1e-4, 1e-5));
  EXPECT_TRUE(parts.forward(x).allclose(at::stack(features).mean(0), 1e-4, 1e-5));
  EXPECT_FALSE(parts.forward(x).allclose(whole.forward(x), 1e-2, 1e-2));
  EXPECT_THROW(parts.forward(x.narrow(2, 0, 5)), ShapeError);
}

TEST(VideoResnet, SeesTimeWhereItIsAskedTo) {
  VideoResnetConfig config = small(VideoNormalization::group);
  const Tensor x = numbers({2, 3, 6, 20, 17}, 1), reversed = x.flip(2);
  VideoResnet moving(config, kSpec, Rng(1));
  EXPECT_FALSE(moving.forward(x).allclose(moving.forward(reversed), 1e-2, 1e-2));
  config.time_kernels = {1, 1, 1};
  VideoResnet still(config, kSpec, Rng(1));
  EXPECT_TRUE(still.forward(x).allclose(still.forward(reversed), 1e-4, 1e-5));
  const Tensor maps = still.maps(x);
  ASSERT_EQ(maps.size(2), 6);
  for (int64_t frame = 0; frame < 6; ++frame)
    EXPECT_TRUE(still.maps(x.narrow(2, frame, 1)).allclose(maps.narrow(2, frame, 1), 1e-4, 1e-4));
}

TEST(VideoResnet, TakesClipsOfAnyLengthAndSize) {
  VideoResnet encoder({.filters = {2, 2, 2, 2}, .blocks = {1, 1, 1, 1}}, kSpec, Rng(1));
  encoder.eval();
  for (const int64_t time : {1, 2, 3, 5, 8}) {
    const Tensor maps = encoder.maps(numbers({2, 3, time, 40, 30}, 1));
    EXPECT_EQ(maps.sizes(), (at::IntArrayRef{2, 2, (time + 3) / 4, 2, 1})) << time;
    EXPECT_TRUE(maps.isfinite().all().item<bool>()) << time;
  }
  for (const auto& [height, width] :
       {std::pair<int64_t, int64_t>{1, 1}, {2, 3}, {33, 64}, {128, 128}}) {
    const Tensor features = encoder.forward(numbers({1, 3, 2, height, width}, 1));
    EXPECT_TRUE(features.isfinite().all().item<bool>()) << height;
  }
  EXPECT_EQ(encoder.maps(numbers({1, 3, 5, 128, 128}, 1)).sizes(),
            (at::IntArrayRef{1, 2, 2, 4, 4}));
}

TEST(VideoResnet, HasTheParametersOfThePapersNetwork) {
  VideoResnetConfig config;
  config.normalization = VideoNormalization::layer;
  const int64_t plane = 9, volume = 27;
  int64_t wanted = 64 * 3 * 49 + 4 * 64 * 64 * plane;    // stem, stage 1
  wanted += (64 + 3 * 128) * 128 * plane + 64 * 128;     // stage 2
  wanted += (128 + 3 * 256) * 256 * volume + 128 * 256;  // stage 3
  wanted += 4 * 256 * 256 * volume + 256 * 256;          // stage 4
  wanted += 2 * (5 * 64 + 5 * 128 + 5 * 256 + 5 * 256);  // normalisation
  int64_t count = 0;
  for (const Tensor& p : VideoResnet(config, kSpec, Rng(1)).parameters()) count += p.numel();
  EXPECT_EQ(count, wanted);
  EXPECT_EQ(count, 14'057'536);
}

TEST(VideoResnet, MovesBatchStatisticsOnlyWhileTraining) {
  VideoResnet encoder(small(VideoNormalization::batch), kSpec, Rng(1));
  const Tensor x = numbers({3, 3, 6, 20, 17}, 1);
  const auto statistics = [&](bool training) {
    encoder.train(training);
    encoder.forward(x);
    return weights(encoder).at("block2_first.running_var").clone();
  };
  const Tensor before = weights(encoder).at("block2_first.running_var").clone();
  EXPECT_TRUE(statistics(false).equal(before));
  EXPECT_FALSE(statistics(true).equal(before));
  for (const auto& [name, value] :
       weights(VideoResnet(small(VideoNormalization::group), kSpec, Rng(1))))
    EXPECT_EQ(name.find("running"), std::string::npos) << name;
}

TEST(VideoResnet, StartsNormalAndTheSameForTheSameSeed) {
  const auto start = [](uint64_t seed) {
    return weights(VideoResnet({.filters = {16, 32}, .blocks = {1, 1}, .time_kernels = {1, 3}},
                               kSpec, Rng(seed)));
  };
  const auto one = start(1);
  for (const auto& [name, value] : start(1)) EXPECT_TRUE(value.equal(one.at(name))) << name;
  EXPECT_FALSE(one.at("stem.weight").equal(start(2).at("stem.weight")));
  EXPECT_FALSE(one.at("block1_first.weight").equal(one.at("block1_second.weight")));
  const Tensor values = one.at("block2_first.weight") / std::sqrt(2.0 / (32 * 27));  // 13,824
  EXPECT_NEAR(values.mean().item<double>(), 0, 0.03);
  EXPECT_NEAR(values.std().item<double>(), 1, 0.03);
  EXPECT_NEAR(values.pow(4).mean().item<double>(), 3, 0.3);
}

TEST(VideoResnet, LastBlockIsTheLastResidualBlock) {
  VideoResnet encoder(small(VideoNormalization::group), kSpec, Rng(1));
  std::vector<Tensor> wanted;
  for (const auto& item : encoder.named_parameters())
    if (item.key().starts_with("block4_")) wanted.push_back(item.value());
  const std::vector<Tensor> got = encoder.last_block();
  ASSERT_EQ(got.size(), wanted.size());
  ASSERT_EQ(got.size(), 9u);
  for (size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].is_same(wanted[i])) << i;
}

TEST(VideoResnet, RefusesWhatDoesNotFitTogether) {
  const auto refusal = [](const Json& options) {
    VideoResnetConfig config;
    read_config(config, options, "encoder");
    return message_of<ConfigError>([&] { VideoResnet(config, kSpec, Rng(1)); });
  };
  for (const auto& [field, options] :
       {std::pair<std::string, Json>{"encoder.filters", {{"filters", {8, 8}}}},
        {"encoder.time_kernels", {{"time_kernels", {1, 1, 2, 3}}}},
        {"encoder.time_kernels", {{"time_kernels", {1}}}},
        {"encoder.group_width", {{"group_width", 48}}},
        {"encoder.segment", {{"segment", 4}}}})
    EXPECT_NE(refusal(options).find(field), std::string::npos) << options;
  EXPECT_NE(message_of<ShapeError>([] {
              VideoResnet({}, {Modality::image, {3, 20, 17}, 0, {}}, Rng(1));
            }).find("[3, 20, 17]"),
            std::string::npos);
}

TEST(VideoResnet, GivesMeansOfEachCellOfAGrid) {
  const Spec spec{Modality::video, {3, 4, 24, 32}, 10, {"red", "green", "blue"}};
  VideoResnetConfig config = small(VideoNormalization::group);  // maps of 6 x 8
  config.grid_rows = 2, config.grid_columns = 4;
  VideoResnet encoder(config, spec, Rng(1));
  const Tensor x = numbers({2, 3, 4, 24, 32}, 3), maps = at::relu(encoder.maps(x));
  ASSERT_EQ(encoder.features(), 4 * 2 * 4);
  const Tensor features = encoder.forward(x);
  for (int64_t channel = 0; channel < 4; ++channel)
    for (int64_t row = 0; row < 2; ++row)
      for (int64_t column = 0; column < 4; ++column) {
        const Tensor cell = maps.select(1, channel)
                                .slice(2, 3 * row, 3 * row + 3)
                                .slice(3, 2 * column, 2 * column + 2);
        EXPECT_TRUE(features.select(1, (channel * 2 + row) * 4 + column)
                        .allclose(cell.mean({1, 2, 3}), 1e-5, 1e-6));
      }
  EXPECT_THROW(encoder.forward(numbers({1, 3, 4, 20, 32}, 3)), ShapeError);
  config.grid_rows = 4;
  EXPECT_NE(message_of<ConfigError>([&] { VideoResnet(config, spec, Rng(1)); }).find("6 x 8"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
