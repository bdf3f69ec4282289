// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/masked_autoencoder.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>

#include "tacit/core/weights.h"
#include "tacit/nn/image_transformer.h"
#include "tacit/nn/registry.h"
#include "tacit/onnx/graph.h"
#include "tacit/train/optimizer.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

/// An encoder that keeps a record of the tokens it was asked to encode, and passes them on.
class Watched final : public TokenEncoder {
 public:
  explicit Watched(const PatchGrid& grid = {8, 8, 8}, int64_t width = 24)
      : grid_(grid), width_(width) {}
  Tensor embed(const Tensor& x) const override { return cut_patches(x, patches()); }
  Tensor encode(const Tensor& tokens) const override {
    seen = tokens;
    return tokens;
  }
  Tensor pool_tokens(const Tensor& tokens) const override { return tokens.mean(1); }
  PatchGrid patches() const override { return grid_; }
  int64_t width() const override { return width_; }
  int64_t features() const override { return width_; }
  std::vector<Tensor> last_block() override { return {}; }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }

  mutable Tensor seen;

 private:
  PatchGrid grid_;
  int64_t width_;
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

/// Of images with three channels of 8 x 12 pixels: two lines of three patches.
const Spec kImages{Modality::image, {3, 8, 12}, 0, {"red", "green", "blue"}};
constexpr PatchGrid kSquares{.length = 4, .stride = 4, .count = 6, .columns = 3};

std::shared_ptr<Watched> watched_images() { return std::make_shared<Watched>(kSquares, 48); }

MaskedAutoencoder of_images(const MaskedAutoencoderConfig& config,
                            const std::shared_ptr<Encoder>& encoder) {
  return {config, {kImages, encoder, Rng(2)}};
}

TEST(MaskedAutoencoderOfImages, ShowsTheEncoderTheVisibleSquaresOnly) {
  const auto encoder = watched_images();
  const Batch batch{numbers({40, 3, 8, 12}, 1), {}, {}};
  for (const auto& [mask, visible] :
       std::vector<std::pair<double, int64_t>>{{0.5, 3}, {0.75, 1}, {0, 5}}) {
    MaskedAutoencoder method = of_images({.mask = mask}, encoder);
    loss_of(method, batch, 1);
    const Tensor places = shown(*encoder, batch);  // [N, L]
    EXPECT_TRUE((places.sum(1) == visible).all().item<bool>()) << mask;
    EXPECT_TRUE(places.any(0).all().item<bool>()) << mask;
  }
}

/// The mean squared distance of hidden squares from `guess`, square by square, of `target(square)`
/// [C, 4, 4].
double plain_error(const Watched& encoder, const Batch& batch, const Tensor& guess,
                   const std::function<Tensor(const Tensor&)>& target) {
  const Tensor visible = shown(encoder, batch);
  double sum = 0;
  int64_t count = 0;
  for (int64_t row = 0; row < batch.size(); ++row)
    for (int64_t patch = 0; patch < 6; ++patch) {
      if (visible[row][patch].item<bool>()) continue;
      const int64_t top = patch / 3 * 4, left = patch % 3 * 4;
      const Tensor square = target(batch.x[row].slice(1, top, top + 4).slice(2, left, left + 4));
      sum += (square.flatten() - guess).square().sum().item<double>();
      count += 48;
    }
  return sum / static_cast<double>(count);
}

TEST(MaskedAutoencoderOfImages, LossIsTheErrorOnHiddenSquaresAlone) {
  const Batch batch{numbers({5, 3, 8, 12}, 1) + at::linspace(-2, 2, 12), {}, {}};
  const Tensor guess = at::linspace(-1, 1, 48);
  const auto values = [](const Tensor& square) { return square; };
  const auto normalized = [](const Tensor& square) {  // all channels together
    return (square - square.mean()) / square.std(/*unbiased=*/false);
  };
  for (const PatchTarget target : {PatchTarget::values, PatchTarget::normalized}) {
    const auto encoder = watched_images();
    MaskedAutoencoder method = of_images({.mask = 0.75, .target = target}, encoder);
    silence(method, guess);
    const double loss = loss_of(method, batch, 1).total.item<double>();
    EXPECT_NEAR(loss,
                target == PatchTarget::values ? plain_error(*encoder, batch, guess, values)
                                              : plain_error(*encoder, batch, guess, normalized),
                1e-4);
  }
}

TEST(MaskedAutoencoderOfImages, NormalisesASquareWithoutLosingItsColour) {
  const auto encoder = watched_images();
  MaskedAutoencoder method = of_images({.target = PatchTarget::normalized}, encoder);
  const Tensor guess =  // squares of one colour each: all of a square's variance lies in channels
      at::tensor({-1.0f, 0.0f, 1.0f}).repeat_interleave(16) * std::sqrt(1.5f);
  silence(method, guess);
  const Tensor x = at::tensor({2.0f, 5.0f, 8.0f}).view({1, 3, 1, 1}).expand({4, 3, 8, 12});
  EXPECT_NEAR(loss_of(method, {x, {}, {}}, 1).total.item<double>(), 0, 1e-6);
}

TEST(MaskedAutoencoderOfImages, TellsItsDecoderLinesAndColumns) {
  const MaskedAutoencoder method = of_images({}, watched_images());
  const Tensor positions = weights(method).at("decoder.positions");
  EXPECT_TRUE(positions.equal(patch_positions(kSquares, 64)));
  EXPECT_TRUE(positions[1].slice(0, 32).equal(positions[4].slice(0, 32)));  // one below the other
  EXPECT_TRUE(weights(make({}, std::make_shared<Watched>()))
                  .at("decoder.positions")
                  .equal(sinusoidal_positions(8, 64)));  // of signals
}

TEST(MaskedAutoencoderOfImages, LearnsToRebuildThem) {
  const Spec spec{Modality::image, {3, 16, 16}, 0, {"red", "green", "blue"}};
  const auto encoder = std::make_shared<ImageTransformer>(
      ImageTransformerConfig{.width = 16, .depth = 1, .heads = 2, .hidden = 32}, spec, Rng(1));
  MaskedAutoencoder method({.mask = 0.75, .decoder = {.width = 16, .heads = 2}},
                           {spec, encoder, Rng(2)});
  // Slopes of a direction and steepness of each image's own: three squares tell the others.
  const Tensor down = at::linspace(-1, 1, 16).view({1, 1, 16, 1}), right = down.transpose(2, 3);
  const Tensor x = numbers({32, 1, 1, 1}, 1) * down + numbers({32, 3, 1, 1}, 2) * right;
  Optimizer optimizer({.learning_rate = 1e-2}, method.phases().at(0).parameters);
  std::vector<double> losses;
  for (uint64_t step = 0; step < 60; ++step) {
    optimizer.zero_grad();
    const Tensor total = loss_of(method, {x, {}, {}}, step).total;
    total.backward();
    optimizer.step(1);
    losses.push_back(total.item<double>());
  }
  EXPECT_LT(losses.back(), 0.5 * losses.front());
  for (const auto& item : method.named_parameters())
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
}

TEST(MaskedAutoencoderOfImages, RefusesEncodersItCannotUse) {
  EXPECT_NE(message_of<ConfigError>([] {
              of_images({}, find_encoder("image_resnet")
                                .make({{"filters", {4}}, {"blocks", {1}}}, kImages, Rng(1)));
            }).find("\"image_transformer\""),
            std::string::npos);
  const auto whole = std::make_shared<Watched>(PatchGrid{12, 12, 1, 1}, 24);
  EXPECT_NE(message_of<ConfigError>([&] { of_images({}, whole); }).find("1 of 12 x 12 pixels"),
            std::string::npos);
}

TEST(MaskedAutoencoder, HidesTheSameSquaresOfAClipAtAllTimes) {
  const Spec spec{Modality::video, {1, 6, 8, 12}, 10, {"grey"}};  // 3 times 2 x 3 patches
  const auto grid =
      PatchGrid{.length = 4, .stride = 4, .count = 18, .columns = 3, .frames = 2, .times = 3};
  const auto encoder = std::make_shared<Watched>(grid, 32);
  MaskedAutoencoder method({.mask = 0.5, .decoder = {.width = 8, .heads = 2}},
                           {spec, encoder, Rng(1)});
  const Tensor x = numbers({5, 1, 6, 8, 12}, 1);
  loss_of(method, {x, {}, {}}, 3);
  ASSERT_EQ(encoder->seen.sizes(), (std::vector<int64_t>{5, 9, 32}));
  const Tensor patches = cut_patches(x, grid);
  std::set<std::set<int64_t>> chosen;
  for (int64_t row = 0; row < 5; ++row) {
    std::vector<std::set<int64_t>> squares(3);
    for (int64_t token = 0; token < 9; ++token)
      for (int64_t patch = 0; patch < 18; ++patch)
        if (encoder->seen[row][token].equal(patches[row][patch]))
          squares[static_cast<size_t>(patch / 6)].insert(patch % 6);
    EXPECT_EQ(squares[0].size(), 3U);
    EXPECT_EQ(squares[1], squares[0]);
    EXPECT_EQ(squares[2], squares[0]);
    chosen.insert(squares[0]);
  }
  EXPECT_GT(chosen.size(), 1U);
}

}  // namespace
}  // namespace tacit
