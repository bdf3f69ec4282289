// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/token_encoder.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/nn/registry.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

TEST(CutPatches, GivesEachPatchItsSamplesChannelByChannel) {
  const Tensor x = at::arange(20).view({1, 2, 10});  // channels 0 … 9 and 10 … 19
  const Tensor patches = cut_patches(x, {.length = 3, .stride = 4, .count = 2});
  EXPECT_TRUE(patches.equal(
      at::tensor(std::vector<int64_t>{0, 1, 2, 10, 11, 12, 4, 5, 6, 14, 15, 16}).view({1, 2, 6})));
}

TEST(PickTokens, TakesEachRowsOwnPlacesInTheirOrder) {
  const Tensor tokens = at::arange(12).view({2, 3, 2});
  const Tensor picked =
      pick_tokens(tokens, at::tensor(std::vector<int64_t>{2, 0, 1, 1}).view({2, 2}));
  EXPECT_TRUE(
      picked.equal(at::tensor(std::vector<int64_t>{4, 5, 0, 1, 8, 9, 8, 9}).view({2, 2, 2})));
}

TEST(RequireTokens, NamesAnEncoderThatHasThem) {
  const Spec spec{Modality::signal, {3, 100}, 50, {"x", "y", "z"}};
  const auto make = [&](const char* name) {
    return find_encoder(name).make(Json::object(), spec, Rng(1));
  };
  EXPECT_NE(require_tokens(make("patch_transformer"), "some"), nullptr);
  const std::string message =
      message_of<ConfigError>([&] { require_tokens(make("temporal_conv"), "some"); });
  EXPECT_NE(message.find("method some"), std::string::npos) << message;
  EXPECT_NE(message.find("\"patch_transformer\""), std::string::npos) << message;
}

}  // namespace
}  // namespace tacit
