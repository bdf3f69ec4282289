// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/speed_prediction.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tacit/core/weights.h"
#include "tacit/nn/video_resnet.h"
#include "tacit/onnx/graph.h"
#include "tacit/train/optimizer.h"
#include "tests/core/folder.h"
#include "tests/losses/ranks.h"
#include "tests/methods/moving_squares.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

/// An encoder whose features are the means of its frames, and that keeps a record of what it saw.
class Watched final : public Encoder {
 public:
  explicit Watched(int64_t frames) : frames_(frames) {}
  Tensor forward(const Tensor& x) override {
    seen = x;
    return x.mean({1, 3, 4});
  }
  int64_t features() const override { return frames_; }
  std::vector<Tensor> last_block() override { return {}; }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }

  Tensor seen;

 private:
  int64_t frames_;
};

Spec clips_of(int64_t frames) { return MovingSquares(1, frames).spec(); }

std::shared_ptr<SpeedPrediction> make(const SpeedPredictionConfig& config,
                                      const std::shared_ptr<Encoder>& encoder, int64_t frames = 8) {
  return std::make_shared<SpeedPrediction>(config, Ingredients{clips_of(frames), encoder, Rng(2)});
}

/// Every pixel says the row, in tens, and the frame.
Batch numbered(int64_t rows, int64_t frames = 8) {
  const Tensor row = at::arange(rows, at::kFloat).view({-1, 1, 1, 1, 1});
  const Tensor frame = at::arange(frames, at::kFloat).view({1, 1, -1, 1, 1});
  return {(10 * row + frame).expand({rows, 3, frames, 16, 16}).contiguous(), {}, {}};
}

TEST(SpeedPrediction, ShowsEachClipAtItsOwnSpeedAndAtTwice) {
  for (const int64_t frames : {8, 9}) {
    const auto encoder = std::make_shared<Watched>(4);
    const auto method = make({.augment = {}}, encoder, frames);
    std::set<int64_t> plain, fast;
    for (const bool training : {true, false}) {
      method->train(training);
      loss_of(*method, numbered(60, frames), 1);
      ASSERT_EQ(encoder->seen.sizes(), (at::IntArrayRef{120, 3, 4, 16, 16}));
      for (int64_t shown = 0; shown < 120; ++shown) {
        const int64_t row = shown % 60, hop = shown < 60 ? 1 : 2;
        const auto number = [&](int64_t i) {
          return encoder->seen[shown][0][i][0][0].item<int64_t>() - 10 * row;
        };
        (hop == 1 ? plain : fast).insert(number(0));
        for (int64_t i = 0; i < 4; ++i) EXPECT_EQ(number(i), number(0) + hop * i);
        EXPECT_TRUE(number(0) >= 0 && number(3) < frames);
      }
    }
    EXPECT_EQ(std::ssize(plain), frames - 3);  // every moment comes up
    EXPECT_EQ(std::ssize(fast), frames - 6);
  }
}

TEST(SpeedPrediction, LossIsTheCrossEntropyOfTheTwoSpeeds) {
  const auto encoder = std::make_shared<Watched>(4);
  const auto method = make({.augment = {}}, encoder);
  Batch batch = all_of(MovingSquares(5));
  const Loss loss = loss_of(*method, batch, 1);
  const auto w = weights(*method);
  double wanted = 0, right = 0;
  for (int64_t shown = 0; shown < 10; ++shown) {
    const int64_t speed = shown < 5 ? 0 : 1;
    const Tensor logits =
        at::mv(w.at("head.weight"), encoder->seen[shown].mean({0, 2, 3})) + w.at("head.bias");
    wanted += (logits.exp().sum().log() - logits[speed]).item<double>() / 10;
    right += logits.argmax().item<int64_t>() == speed ? 0.1 : 0;
  }
  EXPECT_NEAR(loss.total.item<double>(), wanted, 1e-5);
  ASSERT_EQ(loss.parts.size(), 1u);
  EXPECT_EQ(loss.parts[0].first, "speed/accuracy");
  EXPECT_NEAR(loss.parts[0].second.item<double>(), right, 1e-6);
}

TEST(SpeedPrediction, IsAtChanceWhereItSaysTheSameOfAll) {
  const auto method = make({}, std::make_shared<Watched>(4));
  auto w = weights(*method);
  w.at("head.weight").zero_();
  set_weights(*method, w);
  const Loss loss = loss_of(*method, numbered(6), 1);
  EXPECT_NEAR(loss.total.item<double>(), std::log(2), 1e-6);
  EXPECT_NEAR(loss.parts[0].second.item<double>(), 0.5, 1e-6);
}

TEST(SpeedPrediction, ChangesAClipOnceForBothSpeedsAndOnlyWhileTraining) {
  const auto encoder = std::make_shared<Watched>(4);
  const auto method = make({}, encoder);
  Batch still = all_of(MovingSquares(12));  // nothing moves, so that both versions are the same
  still.x = still.x.narrow(2, 0, 1).expand({12, 3, 8, 16, 16}).contiguous();
  const Tensor before = still.x.clone();
  loss_of(*method, still, 1);
  EXPECT_TRUE(encoder->seen.narrow(0, 0, 12).equal(encoder->seen.narrow(0, 12, 12)));
  EXPECT_FALSE(encoder->seen.narrow(0, 0, 12).equal(still.x.narrow(2, 0, 4)));
  method->eval();
  loss_of(*method, still, 1);
  EXPECT_TRUE(encoder->seen.narrow(0, 0, 12).equal(still.x.narrow(2, 0, 4)));
  EXPECT_TRUE(still.x.equal(before));
}

TEST(SpeedPrediction, LosesOverTheRowsOfAllProcesses) {
  const auto method = [] { return make({}, std::make_shared<Watched>(4)); };
  const Batch batch = all_of(MovingSquares(7));
  const Loss alone = loss_of(*method(), batch, 1);
  const auto first = method(), second = method();
  const Tensor mean = Ranks(2).mean_loss([&](int64_t rank, const Communicator& world) {
    const int64_t from = rank == 0 ? 0 : 2, until = rank == 0 ? 2 : 7;
    Rng draws = Rng(1).from_row(from);
    Step step{0, 0, draws, world};
    return (rank == 0 ? first : second)->loss({batch.x.slice(0, from, until), {}, {}}, step).total;
  });
  EXPECT_NEAR(mean.item<double>(), alone.total.item<double>(), 1e-5);
}

/// An encoder whose one feature is how much changes from frame to frame.
class Moved final : public Encoder {
 public:
  Tensor forward(const Tensor& x) override {
    return 50 * x.diff(1, 2).abs().mean({1, 2, 3, 4}).unsqueeze(1);
  }
  int64_t features() const override { return 1; }
  std::vector<Tensor> last_block() override { return {}; }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }
};

TEST(SpeedPrediction, LearnsHowFastASquareMoves) {
  const auto method = make({.augment = {}}, std::make_shared<Moved>());
  const Batch batch = all_of(MovingSquares(32));
  Optimizer optimizer({.learning_rate = 0.1}, method->phases().at(0).parameters);
  double accuracy = 0;
  for (uint64_t step = 0; step < 60; ++step) {
    optimizer.zero_grad();
    const Loss loss = loss_of(*method, batch, step);
    loss.total.backward();
    optimizer.step(1);
    if (step >= 50) accuracy += loss.parts[0].second.item<double>() / 10;
  }
  EXPECT_GT(accuracy, 0.8);
}

TEST(SpeedPrediction, GivesEveryParameterAGradient) {
  const VideoResnetConfig small{
      .filters = {8}, .blocks = {1}, .time_kernels = {3}, .group_width = 4};
  const auto method =
      make({.hidden = 8}, std::make_shared<VideoResnet>(small, clips_of(8), Rng(1)));
  loss_of(*method, all_of(MovingSquares(8)), 1).total.backward();
  for (const auto& item : method->named_parameters())
    EXPECT_TRUE(item.value().grad().defined() && item.value().grad().abs().max().item<double>() > 0)
        << item.key();
}

TEST(SpeedPrediction, RefusesRowsThatAreNoOrShortClips) {
  const auto refusal = [](const Spec& spec) {
    return message_of<ShapeError>([&] {
      SpeedPrediction({}, {spec, std::make_shared<Watched>(4), Rng(2)});
    });
  };
  EXPECT_NE(refusal({Modality::image, {3, 8, 9}, 0, {}}).find("[3, 8, 9]"), std::string::npos);
  EXPECT_NE(refusal(clips_of(3)).find("[3, 3, 16, 16]"), std::string::npos);
  EXPECT_NE(message_of<ConfigError>([] {
              make({.augment = {"flipp"}}, std::make_shared<Watched>(4));
            }).find("method.augment"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
