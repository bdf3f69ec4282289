// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/image_transformer.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/core/folder.h"
#include "tests/nn/in_onnx.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const Spec kSpec{Modality::image, {3, 8, 12}, 0, {"red", "green", "blue"}};  // 2 x 3 patches

ImageTransformerConfig small() {
  return {.patch = 4, .width = 12, .depth = 2, .heads = 2, .hidden = 16};
}

TEST(CutPatches, GivesEachSquareOfAnImageChannelByChannelAndLineByLine) {
  const Tensor x = numbers({2, 3, 8, 12}, 1);
  const Tensor patches =
      cut_patches(x, {.length = 4, .stride = 4, .count = 6, .columns = 3}).contiguous();
  ASSERT_EQ(patches.sizes(), (std::vector<int64_t>{2, 6, 48}));
  const auto* got = patches.const_data_ptr<float>();
  const auto in = x.accessor<float, 4>();
  for (int64_t row = 0; row < 2; ++row)
    for (int64_t patch = 0; patch < 6; ++patch)
      for (int64_t channel = 0; channel < 3; ++channel)
        for (int64_t i = 0; i < 4; ++i)
          for (int64_t j = 0; j < 4; ++j)
            ASSERT_EQ(*got++, in[row][channel][patch / 3 * 4 + i][patch % 3 * 4 + j]);
}

TEST(CutPatches, LeavesWhatIsRightOfAndBelowTheSquares) {
  const Tensor x = numbers({1, 2, 7, 9}, 1);
  const Tensor patches = cut_patches(x, {.length = 2, .stride = 3, .count = 6, .columns = 3});
  ASSERT_EQ(patches.sizes(), (std::vector<int64_t>{1, 6, 8}));
  EXPECT_TRUE(patches[0][4].equal(x[0].slice(1, 3, 5).slice(2, 3, 5).flatten()));
}

TEST(PatchPositions, TellLineAndColumnOfAnImagesPatch) {
  const PatchGrid grid{.length = 4, .stride = 4, .count = 15, .columns = 5};
  const Tensor positions = patch_positions(grid, 8);
  ASSERT_EQ(positions.sizes(), (std::vector<int64_t>{15, 8}));
  for (int64_t patch = 0; patch < 15; ++patch)
    for (int64_t i = 0; i < 8; ++i) {
      const auto place = static_cast<double>(i < 4 ? patch / 5 : patch % 5);
      const double angle = place / (i % 4 < 2 ? 1 : 100);  // 10000^(0/4), 10000^(2/4)
      ASSERT_NEAR(positions[patch][i].item<double>(),
                  i % 2 == 0 ? std::sin(angle) : std::cos(angle), 1e-6)
          << patch << ", " << i;
    }
}

TEST(PatchPositions, AreThoseOfASequenceForASignal) {
  const PatchGrid grid{.length = 8, .stride = 8, .count = 7};
  EXPECT_TRUE(patch_positions(grid, 10).equal(sinusoidal_positions(7, 10)));
}

TEST(PatchPositions, HaveTheWidthAskedFor) {
  for (const int64_t width : {1, 2, 3, 7, 16})
    EXPECT_EQ(patch_positions({.length = 4, .stride = 4, .count = 6, .columns = 2}, width).sizes(),
              (std::vector<int64_t>{6, width}));
}

TEST(ImageTransformer, EmbedsEachPatchLinearlyAndAddsItsPosition) {
  ImageTransformer encoder(small(), kSpec, Rng(1));
  stir(encoder);
  const auto w = weights(encoder);
  const Tensor x = numbers({4, 3, 8, 12}, 1);
  const Tensor squares = at::conv2d(x, w.at("embedding_weight").view({12, 3, 4, 4}),
                                    w.at("embedding_bias"), /*stride=*/4);
  EXPECT_TRUE(encoder.embed(x).allclose(squares.flatten(2).transpose(1, 2) + w.at("positions"),
                                        1e-4, 1e-5));
}

TEST(ImageTransformer, StartsItsEmbeddingAsADenseLayerAtFixedPositions) {
  ImageTransformer encoder({.depth = 1}, {Modality::image, {3, 32, 32}, 0, {}}, Rng(1));
  const auto w = weights(encoder);
  EXPECT_TRUE(w.at("positions").equal(patch_positions(encoder.patches(), 192)));
  const double bound = std::sqrt(6.0 / (48 + 192));  // Glorot & Bengio 2010, equation 16
  EXPECT_NEAR(w.at("embedding_weight").abs().max().item<double>(), bound, 0.01 * bound);
}

TEST(ImageTransformer, ForwardPoolsTheEncodedTokens) {
  for (const Pooling pooling : {Pooling::mean, Pooling::max_mean}) {
    ImageTransformerConfig config = small();
    config.pooling = pooling;
    ImageTransformer encoder(config, kSpec, Rng(1));
    const Tensor x = numbers({4, 3, 8, 12}, 1), tokens = encoder.encode(encoder.embed(x));
    EXPECT_EQ(tokens.sizes(), (std::vector<int64_t>{4, 6, 12}));
    EXPECT_TRUE(encoder.forward(x).equal(pool(tokens, pooling)));
    EXPECT_EQ(encoder.features(), 12 * statistics(pooling));
  }
}

TEST(ImageTransformer, RunsItsBlocksInOrderAndNormalisesLast) {
  ImageTransformer encoder(small(), kSpec, Rng(1));
  stir(encoder);
  const auto w = weights(encoder);
  const auto block = [&](const std::string& name) {
    TransformerBlock one({.width = 12, .heads = 2, .hidden = 16}, Rng(9));
    set_weights(one, with_prefix(w, name + "."));
    return one;
  };
  const Tensor tokens = numbers({2, 5, 12}, 1);
  const Tensor h = block("block2").forward(block("block1").forward(tokens));
  const Tensor wanted = at::layer_norm(h, {12}, w.at("norm.gain"), w.at("norm.shift"));
  EXPECT_TRUE(encoder.encode(tokens).allclose(wanted, 1e-4, 1e-5));
}

TEST(ImageTransformer, EncodesAnyOfItsTokensInAnyOrder) {
  ImageTransformer encoder(small(), kSpec, Rng(1));
  const Tensor tokens = encoder.embed(numbers({2, 3, 8, 12}, 1));
  const Tensor some = at::tensor(std::vector<int64_t>{5, 0, 2}),
               turned = at::tensor(std::vector<int64_t>{0, 2, 5});
  const Tensor a = encoder.encode(tokens.index_select(1, some));
  const Tensor b = encoder.encode(tokens.index_select(1, turned));
  EXPECT_TRUE(a.select(1, 0).allclose(b.select(1, 2), 1e-4, 1e-5));
  EXPECT_FALSE(a.select(1, 1).allclose(encoder.encode(tokens).select(1, 0), 1e-3, 1e-3));
}

TEST(ImageTransformer, KnowsLinesAndColumnsOfPatches) {
  ImageTransformer encoder(small(), kSpec, Rng(1));
  const Tensor x = numbers({2, 3, 8, 12}, 1);
  EXPECT_FALSE(encoder.forward(x).allclose(encoder.forward(x.roll(4, 2)), 1e-3, 1e-3));
  EXPECT_FALSE(encoder.forward(x).allclose(encoder.forward(x.roll(4, 3)), 1e-3, 1e-3));
}

TEST(ImageTransformer, SeesEveryPixel) {
  ImageTransformer encoder(small(), kSpec, Rng(1));
  const Tensor x = numbers({1, 3, 8, 12}, 1).requires_grad_(true);
  encoder.forward(x).square().sum().backward();
  EXPECT_TRUE(x.grad().abs().gt(0).all().item<bool>());
}

TEST(ImageTransformer, DoesTheSameInOnnxRuntime) {
  for (const Pooling pooling : {Pooling::mean, Pooling::max_mean_std}) {
    ImageTransformerConfig config = small();
    config.pooling = pooling;
    ImageTransformer encoder(config, kSpec, Rng(1));
    expect_same_in_onnx(encoder, kSpec.shape);
  }
}

TEST(ImageTransformer, HasAsManyParametersAsDeitTiWithoutItsClasses) {
  const auto count = [](const ImageTransformerConfig& config, const Spec& spec) {
    int64_t sum = 0;
    for (const Tensor& p : ImageTransformer(config, spec, Rng(1)).parameters()) sum += p.numel();
    return sum;
  };
  // The published model has 5,717,416: a dense layer for 1000 classes is 193,000 of them, a class
  // token 192, and learned positions of 197 tokens 37,824.
  EXPECT_EQ(count({.patch = 16}, {Modality::image, {3, 224, 224}, 0, {}}),
            5'717'416 - 193'000 - 192 - 37'824);
  EXPECT_EQ(count({}, {Modality::image, {3, 32, 32}, 0, {}}), 5'348'160);
}

TEST(ImageTransformer, LastBlockIsTheLastTransformerBlockAndTheNormalisation) {
  ImageTransformer encoder(small(), kSpec, Rng(1));
  std::vector<Tensor> wanted;
  for (const auto& item : encoder.named_parameters())
    if (item.key().starts_with("block2.") || item.key().starts_with("norm."))
      wanted.push_back(item.value());
  const std::vector<Tensor> got = encoder.last_block();
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].is_same(wanted[i])) << i;
}

TEST(ImageTransformer, RefusesWhatDoesNotFitTogether) {
  const auto refusal = [](const ImageTransformerConfig& config) {
    return message_of<ConfigError>([&] { ImageTransformer(config, kSpec, Rng(1)); });
  };
  for (const int64_t patch : {3, 8, 16})  // of 8 x 12 pixels
    EXPECT_NE(refusal({.patch = patch}).find(text("encoder.patch = {}", patch)), std::string::npos);
  EXPECT_NE(refusal({.width = 10, .heads = 3}).find("heads"), std::string::npos);
  EXPECT_NE(message_of<ShapeError>([] {
              ImageTransformer({}, {Modality::signal, {3, 100}, 50, {}}, Rng(1));
            }).find("[3, 100]"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
