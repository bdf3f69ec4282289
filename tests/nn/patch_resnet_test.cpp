// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/patch_resnet.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/nn/in_onnx.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const Spec kSpec{Modality::image, {3, 20, 17}, 0, {"red", "green", "blue"}};

PatchResnetConfig small() { return {.patch = 8, .hop = 5, .filters = {4, 6}, .blocks = {1, 1}}; }

TEST(PatchResnet, CutsAGridFromTheMiddleOfTheImage) {
  const PatchResnet encoder(small(), kSpec, Rng(1));
  EXPECT_EQ(encoder.rows(), 3);     // of 18 pixels; one is left at each side
  EXPECT_EQ(encoder.columns(), 2);  // of 13; two are left at each side
  const Tensor x = numbers({2, 3, 20, 17}, 1), patches = encoder.cut(x);
  EXPECT_EQ(patches.sizes(), (at::IntArrayRef{2, 3, 2, 3, 8, 8}));
  for (int64_t row = 0; row < 3; ++row)
    for (int64_t column = 0; column < 2; ++column)
      EXPECT_TRUE(patches.select(1, row).select(1, column).equal(
          x.narrow(2, 1 + 5 * row, 8).narrow(3, 2 + 5 * column, 8)));
}

TEST(PatchResnet, IsTheMeanOverPatchesEachSeenByItself) {
  PatchResnet encoder(small(), kSpec, Rng(1));
  stir(encoder);
  const Tensor x = numbers({2, 3, 20, 17}, 1), patches = encoder.cut(x);
  for (const bool training : {false, true}) {
    encoder.train(training);
    const Tensor got = encoder.forward(x);
    ASSERT_EQ(got.sizes(), (at::IntArrayRef{2, encoder.features()}));
    for (int64_t image = 0; image < 2; ++image) {
      Tensor sum = at::zeros({1, encoder.features()});
      for (int64_t row = 0; row < 3; ++row)
        for (int64_t column = 0; column < 2; ++column)
          sum = sum + encoder.encode(patches[image][row][column].unsqueeze(0));
      EXPECT_TRUE(got[image].allclose(sum[0] / 6, 1e-4, 1e-5));
    }
  }
}

TEST(PatchResnet, PutsStatisticsOverPatchesSideBySide) {
  PatchResnetConfig config = small();
  config.pooling = Pooling::max_mean_std;
  PatchResnet encoder(config, kSpec, Rng(1));
  const Tensor x = numbers({2, 3, 20, 17}, 1);
  EXPECT_EQ(encoder.width(), 6);
  EXPECT_EQ(encoder.features(), 18);
  const Tensor each = encoder.encode(encoder.cut(x).flatten(0, 2)).view({2, 6, 6});
  EXPECT_TRUE(encoder.forward(x).equal(pool(each, Pooling::max_mean_std)));
}

TEST(PatchResnet, GivesEveryParameterAGradient) {
  PatchResnet encoder(small(), kSpec, Rng(1));
  encoder.forward(numbers({5, 3, 20, 17}, 1)).square().sum().backward();
  for (const auto& item : encoder.named_parameters())
    EXPECT_TRUE(item.value().grad().defined() && item.value().grad().abs().max().item<double>() > 0)
        << item.key();
}

TEST(PatchResnet, DoesTheSameInOnnxRuntime) {
  for (const Pooling pooling : {Pooling::mean, Pooling::max_mean_std}) {
    PatchResnetConfig config = small();
    config.pooling = pooling;
    PatchResnet encoder(config, kSpec, Rng(1));
    SCOPED_TRACE(enum_name(pooling));
    expect_same_in_onnx(encoder, kSpec.shape);
  }
}

TEST(PatchResnet, RefusesWhatDoesNotFitTogether) {
  const auto refusal = [](const PatchResnetConfig& config, const Spec& spec) {
    return message_of<Error>([&] { PatchResnet(config, spec, Rng(1)); });
  };
  EXPECT_NE(refusal({.patch = 18}, kSpec).find("encoder.patch = 18"), std::string::npos);
  EXPECT_NE(refusal({.filters = {8, 8}}, kSpec).find("encoder.filters"), std::string::npos);
  EXPECT_NE(refusal({}, {Modality::signal, {3, 100}, 50, {}}).find("[3, 100]"), std::string::npos);
}

}  // namespace
}  // namespace tacit
