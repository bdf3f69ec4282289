// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/patch_transformer.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const Spec kSpec{Modality::signal, {3, 50}, 50, {"x", "y", "z"}};

PatchTransformerConfig small() {
  return {.patch_length = 8, .patch_stride = 8, .width = 12, .depth = 2, .heads = 2, .hidden = 16};
}

TEST(PatchTransformer, EmbedsEachPatchLinearlyAndAddsItsPosition) {
  PatchTransformer encoder(small(), kSpec, Rng(1));
  stir(encoder);
  const auto w = weights(encoder);
  const Tensor x = numbers({4, 3, 50}, 1);
  const Tensor linear =
      at::matmul(cut_patches(x, encoder.patches()), w.at("embedding_weight").flatten(1).t()) +
      w.at("embedding_bias") + w.at("positions");
  EXPECT_TRUE(encoder.embed(x).allclose(linear, 1e-4, 1e-5));
}

TEST(PatchTransformer, ForwardPoolsTheEncodedTokens) {
  for (const Pooling pooling : {Pooling::mean, Pooling::max_mean}) {
    PatchTransformerConfig config = small();
    config.pooling = pooling;
    PatchTransformer encoder(config, kSpec, Rng(1));
    const Tensor x = numbers({4, 3, 50}, 1), tokens = encoder.encode(encoder.embed(x));
    EXPECT_EQ(tokens.sizes(), (std::vector<int64_t>{4, 6, 12}));
    EXPECT_TRUE(encoder.forward(x).equal(pool(tokens, pooling)));
    EXPECT_EQ(encoder.features(), 12 * statistics(pooling));
  }
}

TEST(PatchTransformer, EncodesAnyOfItsTokensInAnyOrder) {
  PatchTransformer encoder(small(), kSpec, Rng(1));
  const Tensor tokens = encoder.embed(numbers({2, 3, 50}, 1));
  const Tensor some = at::tensor(std::vector<int64_t>{5, 0, 2}),
               turned = at::tensor(std::vector<int64_t>{0, 2, 5});
  const Tensor a = encoder.encode(tokens.index_select(1, some));
  const Tensor b = encoder.encode(tokens.index_select(1, turned));
  EXPECT_TRUE(a.select(1, 0).allclose(b.select(1, 2), 1e-4, 1e-5));
  EXPECT_FALSE(a.select(1, 1).allclose(encoder.encode(tokens).select(1, 0), 1e-3, 1e-3));
}

TEST(PatchTransformer, KnowsTheOrderOfPatches) {
  PatchTransformer encoder(small(), kSpec, Rng(1));
  const Tensor x = numbers({2, 3, 50}, 1);
  EXPECT_FALSE(encoder.forward(x).allclose(encoder.forward(x.roll(8, 2)), 1e-3, 1e-3));
}

TEST(PatchTransformer, SeesOverlappingPatchesAndNothingBehindTheLast) {
  PatchTransformerConfig config = small();
  config.patch_stride = 4;
  PatchTransformer encoder(config, kSpec, Rng(1));
  EXPECT_EQ(encoder.patches().count, 11);  // the last begins at 40 and ends at 48
  Tensor x = numbers({2, 3, 50}, 1);
  const Tensor before = encoder.forward(x);
  x.slice(2, 48).fill_(9);
  EXPECT_TRUE(encoder.forward(x).equal(before));
  x.slice(2, 47, 48).fill_(9);
  EXPECT_FALSE(encoder.forward(x).equal(before));
}

TEST(PatchTransformer, LastBlockIsTheLastTransformerBlockAndTheNormalisation) {
  PatchTransformer encoder(small(), kSpec, Rng(1));
  std::vector<Tensor> wanted;
  for (const auto& item : encoder.named_parameters())
    if (item.key().starts_with("block2.") || item.key().starts_with("norm."))
      wanted.push_back(item.value());
  const std::vector<Tensor> got = encoder.last_block();
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].is_same(wanted[i])) << i;
}

TEST(PatchTransformer, RefusesWindowsShorterThanAPatch) {
  PatchTransformerConfig config = small();
  config.patch_length = 51;
  EXPECT_NE(message_of<ConfigError>([&] {
              PatchTransformer(config, kSpec, Rng(1));
            }).find("windows of 50"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
