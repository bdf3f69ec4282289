// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/dpc.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <cmath>

#include "tacit/core/weights.h"
#include "tacit/nn/registry.h"
#include "tacit/train/optimizer.h"
#include "tests/core/folder.h"
#include "tests/methods/moving_squares.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

/// Four blocks of two frames.
DpcConfig small() {
  return {.blocks = 4, .predicted = 2, .hidden = 6, .dropout = 0, .augment = {}};
}

std::shared_ptr<VideoResnet> small_maps(const Json& options = Json::object()) {
  VideoResnetConfig config{.stem = ImageStem::small,
                           .filters = {8, 8, 8},
                           .blocks = {1, 1, 1},
                           .time_kernels = {1, 1, 3},
                           .time_hop = 1};
  read_config(config, options, "encoder");
  return std::make_shared<VideoResnet>(config, MovingSquares(1).spec(), Rng(1));
}

std::shared_ptr<Dpc> make(const DpcConfig& config,
                          const std::shared_ptr<Encoder>& encoder = small_maps()) {
  return std::make_shared<Dpc>(config, Ingredients{MovingSquares(1).spec(), encoder, Rng(2)});
}

double part(const Loss& loss, const std::string& name) {
  for (const auto& [each, value] : loss.parts)
    if (each == name) return value.item<double>();
  ADD_FAILURE() << "no part " << name;
  return 0;
}

/// What the equations say of one place: the context's weights as matrices.
class PlainContext {
 public:
  explicit PlainContext(const Dpc& method) : w_(weights(method)) {}
  void gather(const Tensor& seen) {  // [D]
    const auto gates = at::sigmoid(times("context.gates", at::cat({seen, state}))).chunk(2);
    const Tensor change = at::tanh(times("context.change", at::cat({seen, gates[1] * state})));
    state = (1 - gates[0]) * state + gates[0] * change;
  }
  Tensor predict() const { return times("output", times("hidden", state).clamp_min(0)); }

  Tensor state = at::zeros({6});

 private:
  Tensor times(const std::string& name, const Tensor& x) const {
    return at::mv(w_.at(name + "_weight").flatten(1), x) + w_.at(name + "_bias");
  }
  std::map<std::string, Tensor> w_;
};

TEST(Dpc, LossIsThatOfPlacesPredictedOneBlockAfterTheOther) {
  const auto encoder = small_maps();
  const auto method = make(small(), encoder);
  auto stirred = weights(*method);
  for (auto& [name, value] : stirred)
    if (name.ends_with("bias")) value.add_(0.1 * at::arange(value.numel()));
  set_weights(*method, stirred);
  const Batch batch = all_of(MovingSquares(3));
  std::vector<Tensor> maps;  // of each block, [N, 8, 4, 4]
  for (int64_t block = 0; block < 4; ++block)
    maps.push_back(encoder->maps(batch.x.narrow(2, 2 * block, 2)).mean(2).detach());
  std::vector<Tensor> predicted, wanted;  // [D] each
  for (int64_t row = 0; row < 3; ++row)
    for (int64_t y = 0; y < 4; ++y)
      for (int64_t x = 0; x < 4; ++x) {
        const auto map = [&](size_t block) { return maps[block][row].select(1, y).select(1, x); };
        PlainContext context(*method);
        context.gather(map(0).clamp_min(0));
        context.gather(map(1).clamp_min(0));
        for (size_t block = 2; block < 4; ++block) {
          predicted.push_back(context.predict());
          wanted.push_back(map(block));
          context.gather(predicted.back().clamp_min(0));
        }
      }
  double cost = 0, right = 0;
  const auto count = static_cast<double>(predicted.size());
  for (size_t i = 0; i < predicted.size(); ++i) {
    double sum = 0, best = -1e9;
    const double own = predicted[i].dot(wanted[i]).item<double>();
    for (size_t j = 0; j < wanted.size(); ++j) {
      const double score = predicted[i].dot(wanted[j]).item<double>();
      sum += std::exp(score);
      if (j != i) best = std::max(best, score);
    }
    cost += (std::log(sum) - own) / count;
    right += own > best ? 1 / count : 0;
  }
  for (const bool training : {true, false}) {
    method->train(training);
    const Loss loss = loss_of(*method, batch, 1);
    EXPECT_NEAR(loss.total.item<double>(), cost, 1e-4 * cost);
    EXPECT_NEAR(part(loss, "nce/accuracy"), right, 1e-6);
    EXPECT_NEAR(part(loss, "nce/chance"), 1 / count, 1e-7);
  }
}

TEST(Dpc, FindsTheFutureOfAMovingSquareFarAboveChance) {
  const auto encoder = small_maps({{"stem", "large"},
                                   {"filters", {16}},
                                   {"blocks", {1}},
                                   {"time_kernels", {3}},
                                   {"group_width", 4}});
  DpcConfig config = small();
  config.hidden = 16;
  const auto method = make(config, encoder);
  const Batch batch = all_of(MovingSquares(16));
  Optimizer optimizer({.learning_rate = 1e-2}, method->phases().at(0).parameters);
  std::vector<double> losses, accuracies;
  for (uint64_t step = 0; step < 60; ++step) {
    optimizer.zero_grad();
    const Loss loss = loss_of(*method, batch, step);
    loss.total.backward();
    optimizer.step(1);
    losses.push_back(loss.total.item<double>());
    accuracies.push_back(part(loss, "nce/accuracy"));
  }
  EXPECT_LT(losses.back(), 0.6 * losses.front());
  EXPECT_LT(accuracies.front(), 0.1);
  EXPECT_GT(accuracies.back(), 0.25);  // chance is 1/512
}

TEST(Dpc, GivesEveryParameterAGradient) {
  const auto method = make(small());
  loss_of(*method, all_of(MovingSquares(4)), 1).total.backward();
  for (const auto& item : method->named_parameters())
    EXPECT_TRUE(item.value().grad().defined() && item.value().grad().abs().max().item<double>() > 0)
        << item.key();
}

TEST(Dpc, ChangesClipsAndDropsContextOnlyWhileTraining) {
  const Batch batch = all_of(MovingSquares(4));
  const Tensor before = batch.x.clone();
  const auto changes = [&](const DpcConfig& config, bool training) {
    const auto method = make(config);
    method->train(training);
    at::manual_seed(1);
    const double one = loss_of(*method, batch, 1).total.item<double>();
    at::manual_seed(2);
    return one != loss_of(*method, batch, 2).total.item<double>();
  };
  DpcConfig augmented = small(), dropping = small();
  augmented.augment = DpcConfig{}.augment;
  dropping.dropout = 0.5;
  for (const DpcConfig& config : {augmented, dropping}) {
    EXPECT_TRUE(changes(config, true));
    EXPECT_FALSE(changes(config, false));
  }
  EXPECT_FALSE(changes(small(), true));
  EXPECT_TRUE(batch.x.equal(before));
}

TEST(Dpc, TakesNegativesAsInfoNceDoes) {
  DpcConfig config = small();
  read_config(config, {{"negatives", "same_sequence"}, {"score", "cosine"}}, "method");
  const Loss loss = loss_of(*make(config), all_of(MovingSquares(3)), 1);
  EXPECT_NEAR(part(loss, "nce/chance"), 1.0 / 32, 1e-7);
  DpcConfig all = small();
  EXPECT_NEAR(part(loss_of(*make(all), all_of(MovingSquares(3)), 1), "nce/chance"), 1.0 / 96, 1e-7);
}

TEST(Dpc, FeaturesAreTheMeanOverBlocksWhereSegmentsAreBlocks) {
  const auto encoder = small_maps({{"segment", 2}});
  const auto method = make(small(), encoder);
  const Tensor x = all_of(MovingSquares(2)).x;
  Tensor sum = at::zeros({2, 8});
  for (int64_t block = 0; block < 4; ++block)
    sum += encoder->maps(x.narrow(2, 2 * block, 2)).clamp_min(0).mean({2, 3, 4}) / 4;
  EXPECT_TRUE(method->encoder().forward(x).allclose(sum, 1e-4, 1e-5));
}

TEST(Dpc, StartsOrthogonalWithoutBias) {
  const auto w = weights(*make(small()));
  const Tensor hidden = w.at("hidden_weight").flatten(1), output = w.at("output_weight").flatten(1);
  EXPECT_TRUE(at::matmul(hidden.t(), hidden).allclose(at::eye(6), 0, 1e-5));
  EXPECT_TRUE(at::matmul(output, output.t()).allclose(at::eye(8), 0, 1e-5));
  for (const std::string name : {"hidden_bias", "output_bias", "context.gates_bias"})
    EXPECT_EQ(w.at(name).abs().max().item<double>(), 0) << name;
}

TEST(Dpc, LosesTheSameOnAGpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "there is no CUDA GPU here";
  const auto method = make(small());
  Batch batch = all_of(MovingSquares(4));
  const double here = loss_of(*method, batch, 1).total.item<double>();
  method->to(at::kCUDA);
  batch.x = batch.x.to(at::kCUDA);
  const Loss there = loss_of(*method, batch, 1);
  EXPECT_NEAR(there.total.item<double>(), here, 1e-3 * here);
  there.total.backward();
}

TEST(Dpc, RefusesWhatDoesNotFitTogether) {
  const auto refusal = [](const DpcConfig& config, const Json& encoder) {
    return message_of<ConfigError>([&] { make(config, small_maps(encoder)); });
  };
  DpcConfig config = small();
  config.predicted = 4;
  EXPECT_NE(refusal(config, Json::object()).find("method.predicted"), std::string::npos);
  config = small();
  config.blocks = 3;
  EXPECT_NE(refusal(config, Json::object()).find("method.blocks"), std::string::npos);
  EXPECT_NE(refusal(small(), {{"segment", 4}}).find("encoder.segment"), std::string::npos);
  config = small();
  config.augment = {"flipp"};
  EXPECT_NE(refusal(config, Json::object()).find("method.augment"), std::string::npos);
  config = small();
  config.kernel = 2;
  EXPECT_NE(refusal(config, Json::object()).find("kernel"), std::string::npos);
  const auto stranger = small_image_encoder(Rng(1));
  EXPECT_NE(message_of<ConfigError>([&] { make(small(), stranger); }).find("video_resnet"),
            std::string::npos);
  EXPECT_THROW(Dpc(small(), {Pictures(1).spec(), small_maps(), Rng(2)}), ShapeError);
}

TEST(Dpc, TellsHowFarColoursAloneLead) {
  const auto method = make(small());
  method->eval();
  Batch batch = all_of(MovingSquares(3));
  const int64_t side = 4;  // of maps of 16 x 16 pixels
  const Tensor cells = batch.x.unflatten(2, {4, 2})
                           .mean(3)
                           .unflatten(4, {side, -1})
                           .unflatten(3, {side, -1})
                           .mean({4, 6});  // [N, C, B, side, side]
  int64_t right = 0, asked = 0;
  for (int64_t row = 0; row < 3; ++row)
    for (int64_t block = 2; block < 4; ++block)
      for (int64_t y = 0; y < side; ++y)
        for (int64_t x = 0; x < side; ++x) {
          const auto at = [&](int64_t n, int64_t b, int64_t v, int64_t h) {
            return cells.select(0, n).select(1, b).select(1, v).select(1, h);
          };
          const Tensor seen = at(row, 1, y, x);
          const double own = (seen - at(row, block, y, x)).square().sum().item<double>();
          bool nearest = true;
          for (int64_t n = 0; n < 3; ++n)
            for (int64_t b = 2; b < 4; ++b)
              for (int64_t v = 0; v < side; ++v)
                for (int64_t h = 0; h < side; ++h)
                  if (n != row || b != block || v != y || h != x)
                    nearest =
                        nearest && (seen - at(n, b, v, h)).square().sum().item<double>() > own;
          right += nearest, ++asked;
        }
  EXPECT_NEAR(part(loss_of(*method, batch, 1), "nce/colour_accuracy"),
              static_cast<double>(right) / static_cast<double>(asked), 0.02);
  EXPECT_GT(right, 0);
  method->train();
  for (const auto& [name, value] : loss_of(*method, batch, 1).parts)
    EXPECT_NE(name, "nce/colour_accuracy");
}

}  // namespace
}  // namespace tacit
