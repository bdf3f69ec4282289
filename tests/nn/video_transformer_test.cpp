// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/video_transformer.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/core/weights.h"
#include "tacit/nn/image_transformer.h"
#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const Spec kSpec{Modality::video, {3, 6, 8, 12}, 10, {"red", "green", "blue"}};

VideoTransformerConfig small() {
  return {.patch = 4, .frames = 2, .width = 12, .depth = 2, .heads = 2, .hidden = 16};
}

TEST(CutPatches, GivesEachBoxOfAClipChannelByChannelAndFrameByFrame) {
  const VideoTransformer encoder(small(), kSpec, Rng(1));
  const Tensor x = numbers({2, 3, 6, 8, 12}, 1);
  const Tensor patches = cut_patches(x, encoder.patches()).contiguous();
  ASSERT_EQ(patches.sizes(), (std::vector<int64_t>{2, 18, 96}));  // 3 times 2 lines of 3
  const auto* got = patches.const_data_ptr<float>();
  const auto in = x.accessor<float, 5>();
  for (int64_t row = 0; row < 2; ++row)
    for (int64_t patch = 0; patch < 18; ++patch)
      for (int64_t channel = 0; channel < 3; ++channel)
        for (int64_t t = 0; t < 2; ++t)
          for (int64_t i = 0; i < 4; ++i)
            for (int64_t j = 0; j < 4; ++j)
              ASSERT_EQ(
                  *got++,
                  in[row][channel][patch / 6 * 2 + t][patch % 6 / 3 * 4 + i][patch % 3 * 4 + j]);
}

TEST(PatchPositions, TellTimeLineAndColumnOfAClipsPatch) {
  const PatchGrid grid{
      .length = 4, .stride = 4, .count = 18, .columns = 3, .frames = 2, .times = 3};
  const Tensor positions = patch_positions(grid, 12);
  const Tensor square = patch_positions({.length = 4, .stride = 4, .count = 6, .columns = 3}, 8);
  for (int64_t patch = 0; patch < 18; ++patch) {
    EXPECT_TRUE(positions[patch].slice(0, 4).equal(square[patch % 6]));
    EXPECT_TRUE(positions[patch].slice(0, 0, 4).equal(positions[patch / 6 * 6].slice(0, 0, 4)));
  }
  EXPECT_FALSE(positions[0].equal(positions[6]));
}

TEST(VideoTransformer, OfOneFrameEmbedsAsAnImageTransformerDoes) {
  VideoTransformerConfig config = small();
  config.frames = 1;
  VideoTransformer clips(config, {Modality::video, {3, 1, 8, 12}, 10, {}}, Rng(1));
  ImageTransformer images({.patch = 4, .width = 12, .depth = 2, .heads = 2, .hidden = 16},
                          {Modality::image, {3, 8, 12}, 0, {}}, Rng(1));
  auto w = weights(images);
  w["positions"] = weights(clips).at("positions");  // a third of which tells the time
  set_weights(images, w);
  set_weights(clips, w);
  const Tensor x = numbers({4, 3, 8, 12}, 1);
  EXPECT_TRUE(clips.forward(x.unsqueeze(2)).allclose(images.forward(x), 1e-5, 1e-6));
}

TEST(VideoTransformer, KnowsWhenAPatchIs) {
  VideoTransformer encoder(small(), kSpec, Rng(1));
  const Tensor x = numbers({2, 3, 6, 8, 12}, 1);
  EXPECT_FALSE(encoder.forward(x).allclose(encoder.forward(x.roll(2, 2)), 1e-3, 1e-3));
}

TEST(VideoTransformer, SeesEveryPixelOfEveryFrame) {
  VideoTransformer encoder(small(), kSpec, Rng(1));
  const Tensor x = numbers({1, 3, 6, 8, 12}, 1).requires_grad_(true);
  encoder.forward(x).square().sum().backward();
  EXPECT_TRUE(x.grad().abs().gt(0).all().item<bool>());
}

TEST(VideoTransformer, RefusesClipsThatPatchesDoNotFill) {
  const auto refusal = [](const VideoTransformerConfig& config) {
    return message_of<ConfigError>([&] { VideoTransformer(config, kSpec, Rng(1)); });
  };
  VideoTransformerConfig config = small();
  config.patch = 5;
  EXPECT_NE(refusal(config).find("encoder.patch = 5"), std::string::npos);
  config = small();
  config.frames = 4;
  EXPECT_NE(refusal(config).find("6 frames of 8 x 12"), std::string::npos);
  EXPECT_THROW(VideoTransformer(small(), {Modality::image, {3, 8, 12}, 0, {}}, Rng(1)), ShapeError);
}

}  // namespace
}  // namespace tacit
