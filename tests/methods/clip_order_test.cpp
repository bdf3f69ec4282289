// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/clip_order.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
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

/// An encoder whose features are the means over the halves of the picture, times 20, and that keeps
/// a record of what it saw.
class Watched final : public Encoder {
 public:
  Tensor forward(const Tensor& x) override {
    seen = x;
    return 20 * x.unflatten(4, {2, 8}).mean({1, 2, 3, 5});
  }
  int64_t features() const override { return 2; }
  std::vector<Tensor> last_block() override { return {}; }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }

  Tensor seen;
};

ClipOrderConfig plain() { return {.hidden = 5, .dropout = 0, .augment = {}}; }

std::shared_ptr<ClipOrder> make(const ClipOrderConfig& config,
                                const std::shared_ptr<Encoder>& encoder, int64_t frames = 13) {
  return std::make_shared<ClipOrder>(config,
                                     Ingredients{MovingSquares(1, frames).spec(), encoder, Rng(2)});
}

/// Every pixel says the row, in hundreds, and the frame.
Batch numbered(int64_t rows, int64_t frames) {
  const Tensor row = at::arange(rows, at::kFloat).view({-1, 1, 1, 1, 1});
  const Tensor frame = at::arange(frames, at::kFloat).view({1, 1, -1, 1, 1});
  return {(100 * row + frame).expand({rows, 3, frames, 16, 16}).contiguous(), {}, {}};
}

/// [clips F] the frames of row `row` as they were shown.
std::vector<int64_t> frames_shown(const Watched& encoder, int64_t row, int64_t clips) {
  std::vector<int64_t> frames;
  for (int64_t clip = 0; clip < clips; ++clip)
    for (int64_t frame = 0; frame < encoder.seen.size(2); ++frame)
      frames.push_back(encoder.seen[row * clips + clip][0][frame][0][0].item<int64_t>() -
                       100 * row);
  return frames;
}

/// Which order the first frames of clips are in, as words in a dictionary.
int64_t order_of(const std::vector<int64_t>& begins) {
  std::vector<int64_t> word = begins;
  std::ranges::sort(word);
  int64_t number = 0;
  while (word != begins) {
    std::ranges::next_permutation(word);
    ++number;
  }
  return number;
}

TEST(ClipOrder, CutsEqualClipsWithGapsAndShowsThemInSomeOrder) {
  struct Case {
    int64_t clips;
    double gap;
    int64_t frames, length, hop, begins;
  };
  for (const Case& one : {Case{3, 0.5, 13, 3, 4, 3}, Case{3, 0.5, 64, 16, 24, 1},
                          Case{2, 0, 8, 4, 4, 1}, Case{4, 1, 8, 1, 2, 2}}) {
    const auto encoder = std::make_shared<Watched>();
    ClipOrderConfig config = plain();
    config.clips = one.clips, config.gap = one.gap;
    const auto method = make(config, encoder, one.frames);
    std::set<int64_t> begins;
    std::map<int64_t, int> orders;
    for (const bool training : {true, false}) {
      method->train(training);
      loss_of(*method, numbered(80, one.frames), training ? 1 : 2);
      ASSERT_EQ(encoder->seen.size(0), 80 * one.clips);
      ASSERT_EQ(encoder->seen.size(2), one.length);
      for (int64_t row = 0; row < 80; ++row) {
        const std::vector<int64_t> shown = frames_shown(*encoder, row, one.clips);
        std::vector<int64_t> firsts;
        for (int64_t clip = 0; clip < one.clips; ++clip) {
          firsts.push_back(shown[static_cast<size_t>(clip * one.length)]);
          for (int64_t frame = 0; frame < one.length; ++frame)
            EXPECT_EQ(shown[static_cast<size_t>(clip * one.length + frame)], firsts.back() + frame);
        }
        ++orders[order_of(firsts)];
        std::ranges::sort(firsts);
        begins.insert(firsts[0]);
        for (size_t clip = 1; clip < firsts.size(); ++clip)
          EXPECT_EQ(firsts[clip], firsts[clip - 1] + one.hop);
      }
    }
    EXPECT_EQ(std::ssize(begins), one.begins);
    const int64_t all = one.clips == 2 ? 2 : one.clips == 3 ? 6 : 24;
    EXPECT_EQ(std::ssize(orders), all);
    for (const auto& [order, count] : orders)
      EXPECT_NEAR(count, 160.0 / static_cast<double>(all),
                  5 * std::sqrt(160.0 / static_cast<double>(all)));
  }
}

TEST(ClipOrder, LossIsTheCrossEntropyOfTheOrders) {
  const auto encoder = std::make_shared<Watched>();
  const auto method = make(plain(), encoder);
  Batch batch = numbered(6, 13);
  batch.x = batch.x * 0.01;
  const Loss loss = loss_of(*method, batch, 1);
  const auto w = weights(*method);
  const auto dense = [&](const std::string& name, const Tensor& x) {
    return at::mv(w.at(name + ".weight"), x) + w.at(name + ".bias");
  };
  double wanted = 0, right = 0;
  for (int64_t row = 0; row < 6; ++row) {
    std::vector<Tensor> features;
    std::vector<int64_t> firsts;
    for (int64_t clip = 0; clip < 3; ++clip) {
      const Tensor seen = encoder->seen[3 * row + clip];
      features.push_back((20 * seen.mean()).expand({2}));
      firsts.push_back(std::lround(100 * seen[0][0][0][0].item<double>()));
    }
    const auto pair = [&](size_t a, size_t b) {
      return dense("pair", at::cat({features[a], features[b]})).clamp_min(0);
    };
    const Tensor logits = dense("head", at::cat({pair(0, 1), pair(0, 2), pair(1, 2)}));
    const int64_t order = order_of(firsts);
    wanted += (logits.exp().sum().log() - logits[order]).item<double>() / 6;
    right += logits.argmax().item<int64_t>() == order ? 1.0 / 6 : 0;
  }
  EXPECT_NEAR(loss.total.item<double>(), wanted, 1e-4);
  ASSERT_EQ(loss.parts.size(), 1u);
  EXPECT_EQ(loss.parts[0].first, "order/accuracy");
  EXPECT_NEAR(loss.parts[0].second.item<double>(), right, 1e-6);
}

TEST(ClipOrder, ChangesRowsAndDropsOnlyWhileTraining) {
  const Batch batch = all_of(MovingSquares(8, 13));
  const Tensor before = batch.x.clone();
  const auto encoder = std::make_shared<Watched>();
  ClipOrderConfig config = plain();
  config.augment = {"random_crop"};
  config.dropout = 0.5;
  const auto method = make(config, encoder);
  at::manual_seed(1);
  const double one = loss_of(*method, batch, 1).total.item<double>();
  const Tensor shown = encoder->seen;
  EXPECT_NE(one, loss_of(*method, batch, 1).total.item<double>());  // another dropout
  EXPECT_TRUE(encoder->seen.equal(shown));
  method->eval();
  const double whole = loss_of(*method, batch, 1).total.item<double>();
  EXPECT_EQ(whole, loss_of(*method, batch, 1).total.item<double>());
  EXPECT_FALSE(encoder->seen.equal(shown));
  EXPECT_GE(encoder->seen.min().item<double>(), batch.x.min().item<double>());  // no black border
  EXPECT_TRUE(batch.x.equal(before));
}

TEST(ClipOrder, LosesOverTheRowsOfAllProcesses) {
  const auto method = [] { return make(plain(), std::make_shared<Watched>()); };
  const Batch batch = all_of(MovingSquares(7, 13));
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

TEST(ClipOrder, LearnsThatASquareGoesToTheRight) {
  ClipOrderConfig config = plain();
  config.hidden = 32;
  const auto method = make(config, std::make_shared<Watched>());
  const Batch batch = all_of(MovingSquares(48, 13));
  Optimizer optimizer({.learning_rate = 2e-2}, method->phases().at(0).parameters);
  double accuracy = 0;
  for (uint64_t step = 0; step < 100; ++step) {
    optimizer.zero_grad();
    const Loss loss = loss_of(*method, batch, step);
    loss.total.backward();
    optimizer.step(1);
    if (step >= 90) accuracy += loss.parts[0].second.item<double>() / 10;
  }
  EXPECT_GT(accuracy, 0.6);  // chance is 1/6
}

TEST(ClipOrder, GivesEveryParameterAGradient) {
  const VideoResnetConfig small{
      .filters = {8}, .blocks = {1}, .time_kernels = {3}, .group_width = 4};
  const Batch batch = all_of(MovingSquares(8, 13));
  const auto method =
      make(plain(), std::make_shared<VideoResnet>(small, MovingSquares(1, 13).spec(), Rng(1)));
  loss_of(*method, batch, 1).total.backward();
  for (const auto& item : method->named_parameters())
    EXPECT_TRUE(item.value().grad().defined() && item.value().grad().abs().max().item<double>() > 0)
        << item.key();
}

TEST(ClipOrder, RefusesRowsThatAreNoOrShortClips) {
  EXPECT_NE(
      message_of<ShapeError>([] {
        ClipOrder({}, {{Modality::image, {3, 8, 9}, 0, {}}, std::make_shared<Watched>(), Rng(2)});
      }).find("[3, 8, 9]"),
      std::string::npos);
  EXPECT_NE(
      message_of<ConfigError>([] { make({}, std::make_shared<Watched>(), 3); }).find("method.gap"),
      std::string::npos);
  EXPECT_NE(message_of<ConfigError>([] {
              make({.augment = {"flipp"}}, std::make_shared<Watched>());
            }).find("method.augment"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
