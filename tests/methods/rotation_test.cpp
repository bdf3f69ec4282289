// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/rotation.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/weights.h"
#include "tacit/nn/registry.h"
#include "tacit/onnx/graph.h"
#include "tacit/train/optimizer.h"
#include "tests/core/folder.h"
#include "tests/losses/ranks.h"
#include "tests/methods/waves.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

constexpr int64_t kSide = 8;

Spec squares() { return {Modality::image, {3, kSide, kSide}, 0, {"red", "green", "blue"}}; }

/// An encoder whose features are the pixels, and that keeps a record of the images it was shown.
class Watched final : public Encoder {
 public:
  Tensor forward(const Tensor& x) override {
    seen = x;
    return x.flatten(1);
  }
  int64_t features() const override { return 3 * kSide * kSide; }
  std::vector<Tensor> last_block() override { return {}; }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }

  Tensor seen;
};

std::shared_ptr<Rotation> make(const RotationPredictionConfig& config,
                               const std::shared_ptr<Encoder>& encoder) {
  return std::make_shared<Rotation>(config, Ingredients{squares(), encoder, Rng(2)});
}

Batch images(int64_t rows) { return {numbers({rows, 3, kSide, kSide}, 1), {}, {}}; }

/// Pixels of x after `turns` right angles, counter-clockwise, one at a time.
Tensor turned(const Tensor& x, int64_t turns) {
  Tensor from = x;
  for (int64_t turn = 0; turn < turns; ++turn) {
    const Tensor to = at::empty_like(from);
    for (int64_t i = 0; i < kSide; ++i)
      for (int64_t j = 0; j < kSide; ++j)
        to.select(2, i).select(2, j).copy_(from.select(2, j).select(2, kSide - 1 - i));
    from = to;
  }
  return from;
}

TEST(Rotation, ShowsEachImageInItsFourRotations) {
  const auto encoder = std::make_shared<Watched>();
  const auto method = make({.augment = {}}, encoder);
  const Batch batch = images(5);
  for (const bool training : {true, false}) {
    method->train(training);
    loss_of(*method, batch, 1);
    for (int64_t turns = 0; turns < 4; ++turns)
      EXPECT_TRUE(encoder->seen.slice(0, 5 * turns, 5 * turns + 5).equal(turned(batch.x, turns)))
          << turns;
  }
}

TEST(Rotation, LossIsTheCrossEntropyOfTheAngles) {
  const auto method = make({.augment = {}}, std::make_shared<Watched>());
  const Batch batch = images(3);
  const auto w = weights(*method);
  double wanted = 0, right = 0;
  for (int64_t turns = 0; turns < 4; ++turns) {
    const Tensor logits =
        at::matmul(turned(batch.x, turns).flatten(1), w.at("head.weight").t()) + w.at("head.bias");
    for (int64_t row = 0; row < 3; ++row) {
      wanted += logits[row].exp().sum().log().item<double>() / 12 -
                logits[row][turns].item<double>() / 12;
      right += logits[row].argmax().item<int64_t>() == turns ? 1.0 / 12 : 0;
    }
  }
  const Loss loss = loss_of(*method, batch, 1);
  EXPECT_NEAR(loss.total.item<double>(), wanted, 1e-5);
  ASSERT_EQ(loss.parts.size(), 1u);
  EXPECT_EQ(loss.parts[0].first, "accuracy");
  EXPECT_NEAR(loss.parts[0].second.item<double>(), right, 1e-6);
}

TEST(Rotation, IsAtChanceWhereItSaysTheSameOfAll) {
  const auto method = make({}, std::make_shared<Watched>());
  auto w = weights(*method);
  w.at("head.weight").zero_();
  set_weights(*method, w);
  const Loss loss = loss_of(*method, images(6), 1);
  EXPECT_NEAR(loss.total.item<double>(), std::log(4), 1e-6);
  EXPECT_NEAR(loss.parts[0].second.item<double>(), 0.25, 1e-6);
}

TEST(Rotation, ChangesImagesBeforeTurningThemAndOnlyWhileTraining) {
  const auto encoder = std::make_shared<Watched>();
  const auto method = make({}, encoder);
  const Batch batch = images(16);
  const auto shown = [&](uint64_t seed) {
    loss_of(*method, batch, seed);
    return encoder->seen;
  };
  method->train();
  const Tensor one = shown(1);
  EXPECT_TRUE(one.equal(shown(1)));
  EXPECT_FALSE(one.equal(shown(2)));
  EXPECT_FALSE(one.slice(0, 0, 16).equal(batch.x));
  for (int64_t turns = 1; turns < 4; ++turns)  // all four are of one changed image
    EXPECT_TRUE(
        one.slice(0, 16 * turns, 16 * turns + 16).equal(turned(one.slice(0, 0, 16), turns)));
  method->eval();
  EXPECT_TRUE(shown(1).slice(0, 0, 16).equal(batch.x));
  EXPECT_TRUE(shown(1).equal(shown(2)));
}

TEST(Rotation, FillsTheBorderOfACropWithBlack) {
  const auto encoder = std::make_shared<Watched>();
  const auto method = make({.augment = {"random_crop"}}, encoder);
  loss_of(*method, {at::ones({64, 3, kSide, kSide}), {}, {}}, 1);
  const Tensor white = encoder->seen == 1, black = encoder->seen == -1;
  EXPECT_TRUE(white.logical_or(black).all().item<bool>());
  EXPECT_TRUE(white.any().item<bool>() && black.any().item<bool>());
}

TEST(Rotation, TakesParametersOfTransformations) {
  RotationPredictionConfig config;
  read_config(config,
              {{"hidden", 16}, {"augment", {"flip"}}, {"image", {{"flip", {{"probability", 1}}}}}},
              "method");
  const auto encoder = std::make_shared<Watched>();
  const auto method = make(config, encoder);
  EXPECT_EQ(weights(*method).size(), 4u);  // two dense layers
  const Batch batch = images(3);
  loss_of(*method, batch, 1);
  EXPECT_TRUE(encoder->seen.slice(0, 0, 3).equal(batch.x.flip(3)));
}

TEST(Rotation, LosesOverTheRowsOfAllProcesses) {
  const Batch batch = images(7);
  const auto method = make({.augment = {}}, std::make_shared<Watched>());
  const auto gradient = [](Rotation& of) {
    return of.named_parameters()["head.weight"].grad().clone();
  };
  const Loss alone = loss_of(*method, batch, 1);
  alone.total.backward();
  const Tensor wanted = gradient(*method);
  const std::vector<int64_t> shares{2, 5};
  std::vector<std::shared_ptr<Rotation>> methods;  // one a process, of equal weights
  for (size_t i = 0; i < 2; ++i)
    methods.push_back(make({.augment = {}}, std::make_shared<Watched>()));
  std::vector<double> accuracies(2);
  const Tensor mean = Ranks(2).mean_loss([&](int64_t rank, const Communicator& world) {
    const int64_t first = rank == 0 ? 0 : shares[0];
    const Batch mine{batch.x.slice(0, first, first + shares[static_cast<size_t>(rank)]), {}, {}};
    Rng draws(1);
    Step step{0, 0, draws, world};
    const Loss loss = methods[static_cast<size_t>(rank)]->loss(mine, step);
    accuracies[static_cast<size_t>(rank)] = loss.parts[0].second.item<double>();
    return loss.total;
  });
  mean.backward();
  EXPECT_NEAR(mean.item<double>(), alone.total.item<double>(), 1e-5);
  for (const double accuracy : accuracies)
    EXPECT_NEAR(accuracy, alone.parts[0].second.item<double>(), 1e-6);
  EXPECT_TRUE((gradient(*methods[0]) + gradient(*methods[1])).allclose(wanted, 1e-4, 1e-5));
}

TEST(Rotation, LearnsWhichWayIsUp) {
  const auto encoder =
      find_encoder("image_resnet").make({{"filters", {8}}, {"blocks", {1}}}, squares(), Rng(1));
  const auto method = make({.augment = {}}, encoder);
  Batch batch = images(24);  // bright above and dark below, brighter to the left, under noise
  batch.x = 0.3 * batch.x + at::linspace(1, -1, kSide).view({-1, 1}) +
            at::linspace(0.5, -0.5, kSide).view({1, -1});
  Optimizer optimizer({.learning_rate = 1e-2}, method->phases().at(0).parameters);
  double first = 0, last = 0;
  for (uint64_t step = 0; step < 40; ++step) {
    optimizer.zero_grad();
    const Loss loss = loss_of(*method, batch, step);
    loss.total.backward();
    optimizer.step(1);
    last = loss.total.item<double>();
    if (step == 0) first = last;
  }
  EXPECT_LT(last, 0.5 * first);
  for (const auto& item : method->named_parameters())
    EXPECT_TRUE(item.value().grad().defined()) << item.key();
}

TEST(Rotation, RefusesImagesThatAreNotSquare) {
  const auto refusal = [](const Spec& spec) {
    return message_of<ShapeError>([&] {
      Rotation({}, {spec, std::make_shared<Watched>(), Rng(2)});
    });
  };
  EXPECT_NE(refusal({Modality::image, {3, 8, 9}, 0, {}}).find("[3, 8, 9]"), std::string::npos);
  EXPECT_NE(refusal({Modality::signal, {3, 8}, 0, {}}).find("[3, 8]"), std::string::npos);
}

TEST(Rotation, SaysAtOnceWhichTransformationsItCannotMake) {
  EXPECT_NE(message_of<ConfigError>([] {
              make({.augment = {"flipp"}}, std::make_shared<Watched>());
            }).find("method.augment"),
            std::string::npos);
  RotationPredictionConfig config{.augment = {"random_crop"}};
  config.image.random_crop = {.padding = kSide, .border = CropBorder::reflect};
  EXPECT_THROW(make(config, std::make_shared<Watched>()), ShapeError);
}

}  // namespace
}  // namespace tacit
