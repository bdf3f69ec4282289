// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/masked_autoencoder.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/core/weights.h"
#include "tacit/nn/registry.h"
#include "tacit/onnx/graph.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

/// An encoder that keeps a record of the tokens it was asked to encode, and passes them on.
class Watched final : public TokenEncoder {
 public:
  Tensor embed(const Tensor& x) const override { return cut_patches(x, patches()); }
  Tensor encode(const Tensor& tokens) const override {
    seen = tokens;
    return tokens;
  }
  Tensor pool_tokens(const Tensor& tokens) const override { return tokens.mean(1); }
  PatchGrid patches() const override { return {8, 8, 8}; }
  int64_t width() const override { return 24; }
  int64_t features() const override { return 24; }
  std::vector<Tensor> last_block() override { return {}; }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }

  mutable Tensor seen;
};

MaskedAutoencoder make(const MaskedAutoencoderConfig& config,
                       const std::shared_ptr<Encoder>& encoder) {
  return {config, {Waves(1).spec(), encoder, Rng(2)}};
}

/// Rows without two patches alike, as waves have.
Batch noise(int64_t rows) { return {numbers({rows, 3, 64}, 1), {}, {}}; }

/// Which patches of `rows` the encoder saw, [N, L].
Tensor shown(const Watched& encoder, const Batch& batch) {
  return (at::cdist(encoder.seen, cut_patches(batch.x, encoder.patches())) < 1e-3).any(1);
}

/// The decoder says its bias whatever it is shown.
void silence(MaskedAutoencoder& method, const Tensor& bias) {
  auto w = weights(method);
  w["decoder.rebuild.weight"].zero_();
  w["decoder.rebuild.bias"] = bias;
  set_weights(method, w);
}

TEST(MaskedAutoencoder, ShowsTheEncoderTheVisiblePatchesOnly) {
  const auto encoder = std::make_shared<Watched>();
  const Batch batch = noise(6);
  for (const auto& [mask, visible] :
       std::vector<std::pair<double, int64_t>>{{0.5, 4}, {0.75, 2}, {0, 7}, {1, 1}}) {
    MaskedAutoencoder method = make({.mask = mask}, encoder);
    loss_of(method, batch, 1);
    EXPECT_EQ(encoder->seen.sizes(), (std::vector<int64_t>{6, visible, 24})) << mask;
    EXPECT_TRUE((shown(*encoder, batch).sum(1) == visible).all().item<bool>()) << mask;
  }
}

TEST(MaskedAutoencoder, HidesOtherPatchesInEachRow) {
  const auto encoder = std::make_shared<Watched>();
  MaskedAutoencoder method = make({}, encoder);
  const Batch same{noise(1).x.expand({200, -1, -1}), {}, {}};
  loss_of(method, same, 1);
  const Tensor places = shown(*encoder, same).to(at::kFloat);     // [N, L]
  EXPECT_GT(std::get<0>(at::unique_dim(places, 0)).size(0), 50);  // of 70 ways to choose 4 of 8
  EXPECT_LT((places.mean(0) - 0.5).abs().max().item<double>(), 0.15);  // no place is preferred
}

TEST(MaskedAutoencoder, LossIsTheErrorOnHiddenPatchesAlone) {
  const auto encoder = std::make_shared<Watched>();
  MaskedAutoencoder method = make({.mask = 0.25}, encoder);
  const Batch batch = noise(5);
  const Tensor guess = at::linspace(-1, 1, 24);
  silence(method, guess);
  const double loss = loss_of(method, batch, 1).total.item<double>();
  const Tensor errors =
      (cut_patches(batch.x, encoder->patches()) - guess).square().mean(2);  // [N, L]
  EXPECT_NEAR(
      loss, errors.masked_select(shown(*encoder, batch).logical_not()).mean().item<double>(), 1e-5);
  EXPECT_GT(std::abs(loss - errors.mean().item<double>()), 1e-4);
}

TEST(MaskedAutoencoder, NormalisesTheChannelsOfATargetPatchWhenAsked) {
  const auto encoder = std::make_shared<Watched>();
  MaskedAutoencoder method = make({.target = PatchTarget::normalized}, encoder);
  silence(method, at::zeros(24));
  // Numbers of mean 0 and variance 1 against a guess of 0, whatever the level and size of the
  // signal.
  for (const double size : {1.0, 30.0}) {
    const Tensor x = Waves(20).all().x * size + 5;
    EXPECT_NEAR(loss_of(method, {x, {}, {}}, 1).total.item<double>(), 1, 1e-3);
  }
}

TEST(MaskedAutoencoder, TakesOneLongChannel) {
  const Spec spec{Modality::signal, {1, 2560}, 256, {"ecg"}};  // 10 s of a heart
  const auto encoder = find_encoder("patch_transformer").make(Json::object(), spec, Rng(1));
  for (const PatchTarget target : {PatchTarget::values, PatchTarget::normalized}) {
    MaskedAutoencoder method({.target = target}, {spec, encoder, Rng(2)});
    const Tensor total = loss_of(method, {numbers({4, 1, 2560}, 1), {}, {}}, 1).total;
    total.backward();
    EXPECT_LT(total.item<double>(), 10);  // of numbers with variance 1
    for (const auto& item : method.named_parameters())
      EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
  }
}

TEST(MaskedAutoencoder, RefusesEncodersItCannotUse) {
  const std::string message = message_of<ConfigError>([] { make({}, small_encoder(Rng(1))); });
  EXPECT_NE(message.find("masked_autoencoder"), std::string::npos) << message;
  EXPECT_NE(message.find("patch_transformer"), std::string::npos) << message;
  const auto with = [](int64_t length, int64_t stride) {
    return find_encoder("patch_transformer")
        .make({{"patch_length", length}, {"patch_stride", stride}}, Waves(1).spec(), Rng(1));
  };
  EXPECT_NE(message_of<ConfigError>([&] { make({}, with(16, 8)); }).find("overlap"),
            std::string::npos);
  EXPECT_NE(message_of<ConfigError>([&] { make({}, with(64, 64)); }).find("two patches"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
