// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/supervised.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/weights.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

std::shared_ptr<Supervised> make(const SupervisedConfig& config, double dropout = 0,
                                 const std::string& normalization = "none") {
  return std::make_shared<Supervised>(
      config, Ingredients{Waves(1).spec(), small_encoder(Rng(1), dropout, normalization), Rng(2)});
}

TEST(Supervised, LearnsTheLayersThatUpdateNames) {
  for (const Update update : {Update::all, Update::last_block, Update::head}) {
    const auto method = make({.update = update});
    for (const auto& item : method->named_parameters()) {
      const bool head = item.key().starts_with("classifier."),
                 last = item.key().starts_with("encoder.conv2_");
      EXPECT_EQ(item.value().requires_grad(),
                head || update == Update::all || (update == Update::last_block && last))
          << enum_name(update) << ": " << item.key();
    }
  }
}

TEST(Supervised, LossIsTheCrossEntropyOfTheLabelledRows) {
  const auto method = make({.classes = 3, .hidden = 0});
  Batch batch = Waves(8).all();
  batch.y = at::tensor({0, -1, 2, 1, -1, 0, 2, -1}, at::kLong);
  const Tensor log_p = method->classify(batch.x).log_softmax(1);
  double wanted = 0, right = 0;
  for (const int64_t row : {0, 2, 3, 5, 6}) {
    const auto label = batch.y[row].item<int64_t>();
    wanted -= log_p[row][label].item<double>() / 5;
    right += log_p[row].argmax().item<int64_t>() == label ? 0.2 : 0;
  }
  const Loss loss = loss_of(*method, batch, 1);
  EXPECT_NEAR(loss.total.item<double>(), wanted, 1e-5);
  ASSERT_EQ(loss.parts.at(0).first, "accuracy");
  EXPECT_NEAR(loss.parts[0].second.item<double>(), right, 1e-6);
}

TEST(Supervised, SmoothsLabels) {
  const auto method = make({.classes = 3, .hidden = 0, .label_smoothing = 0.3});
  const Batch batch = Waves(4).all();
  const Tensor log_p = method->classify(batch.x).log_softmax(1);
  const Tensor target = at::full({4, 3}, 0.1).scatter(1, batch.y.unsqueeze(1), 0.8);
  EXPECT_NEAR(loss_of(*method, batch, 1).total.item<double>(),
              -(target * log_p).sum(1).mean().item<double>(), 1e-5);
}

TEST(Supervised, KeepsBatchStatisticsAndDropsNothingInEncoderModeEval) {
  for (const EncoderMode mode : {EncoderMode::train, EncoderMode::eval}) {
    const auto method = make({.encoder_mode = mode}, 0.3, "batch");
    method->train();
    EXPECT_EQ(method->encoder().is_training(), mode == EncoderMode::train);
    const auto before = weights(*method);
    loss_of(*method, Waves(8).all(), 1);
    EXPECT_EQ(weights(*method)
                  .at("encoder.norm1_running_mean")
                  .equal(before.at("encoder.norm1_running_mean")),
              mode == EncoderMode::eval);
    method->eval();
    EXPECT_FALSE(method->encoder().is_training());
  }
}

TEST(Supervised, StartsALinearHeadFromASolution) {
  const auto method = make({.hidden = 0});
  method->eval();
  const Tensor x = Waves(5).all().x, features = method->encoder().forward(x);
  const Tensor shift = at::linspace(0, 1, 16), scale = at::linspace(1, 2, 16);
  const Tensor weight = at::linspace(-1, 1, 32).view({2, 16}), bias = at::tensor({0.5f, -0.5f});
  method->head().set(shift, scale, weight, bias);
  EXPECT_TRUE(method->classify(x).allclose(
      at::matmul((features - shift) / scale, weight.t()) + bias, 1e-4, 1e-5));
  EXPECT_NE(message_of<ShapeError>([&] {
              method->head().set(shift, scale, weight.t(), bias);
            }).find("weight"),
            std::string::npos);
}

TEST(Supervised, AugmentsAndDropsFeaturesOnlyWhileTraining) {
  for (const SupervisedConfig& config :
       {SupervisedConfig{.hidden = 0, .augment = {"jitter"}, .augment_probability = 1},
        SupervisedConfig{.hidden = 0, .feature_dropout = 0.5}}) {
    const auto method = make(config);
    const Batch batch = Waves(8).all();
    const auto loss = [&](uint64_t seed) {
      at::manual_seed(seed);
      return loss_of(*method, batch, seed).total.item<double>();
    };
    method->train();
    EXPECT_NE(loss(1), loss(2));
    EXPECT_EQ(loss(1), loss(1));
    method->eval();
    EXPECT_EQ(loss(1), loss(2));
  }
}

TEST(Supervised, AugmentsClipsAndRefusesToAugmentTables) {
  const Batch batch = all_of(MovingSquares(4, 8, 12));
  Supervised method({.classes = 2, .hidden = 0, .augment = {"random_crop"}},
                    {MovingSquares(1, 8, 12).spec(), small_video_encoder(Rng(1)), Rng(2)});
  method.train();
  EXPECT_NE(loss_of(method, batch, 1).total.item<double>(),
            loss_of(method, batch, 2).total.item<double>());
  EXPECT_NE(message_of<ConfigError>([] {
              Supervised({.classes = 2, .augment = {"jitter"}},
                         {TableRows(1).spec(), small_table_encoder(Rng(1)), Rng(2)});
            }).find("method.augment"),
            std::string::npos);
}

TEST(Supervised, ConsistencyIsTheVarianceOfWhatItSaysOfCopies) {
  const TableRows rows(12);
  const Batch batch = all_of(rows);
  const auto parts_with = [&](const ConsistencyConfig& consistency) {
    Supervised method({.classes = 2, .hidden = 0, .consistency = consistency},
                      {rows.spec(), small_table_encoder(Rng(1)), Rng(2)});
    return loss_of(method, batch, 3);
  };
  const double plain = parts_with({}).total.item<double>();
  const Loss same = parts_with({.weight = 5, .swap = 0});
  EXPECT_EQ(same.parts.back().first, "consistency");
  EXPECT_NEAR(same.parts.back().second.item<double>(), 0, 1e-12);
  const Loss differs = parts_with({.weight = 5, .swap = 0.5});
  const double apart = differs.parts.back().second.item<double>();
  EXPECT_GT(apart, 1e-4);
  EXPECT_NEAR(differs.total.item<double>(), plain + 5 * apart, 1e-5);
}

TEST(Supervised, RefusesConsistencyWithoutAWayToMakeCopies) {
  EXPECT_THROW(Supervised({.classes = 2, .consistency = {.weight = 1}},
                          {Waves(1).spec(), small_encoder(Rng(1)), Rng(2)}),
               ConfigError);
  EXPECT_NO_THROW(Supervised({.classes = 2, .augment = {"jitter"}, .consistency = {.weight = 1}},
                             {Waves(1).spec(), small_encoder(Rng(1)), Rng(2)}));
}

TEST(Supervised, RefusesAnUnknownAugmentation) {
  EXPECT_NE(message_of<ConfigError>([] { make({.augment = {"jiter"}}); }).find("method.augment"),
            std::string::npos);
}

TEST(Supervised, LossOfNumbersIsTheSquaredErrorOfTheLabelledRowsInDeviations) {
  const auto method = make({.classes = 0, .hidden = 0});
  method->head().set_units(10, 4);
  Batch batch = Waves(4).all();
  batch.y = at::tensor({3.0f, std::nanf(""), 20.0f, 10.0f});
  const Tensor told = method->classify(batch.x);
  EXPECT_EQ(told.sizes(), (std::vector<int64_t>{4, 1}));
  double squares = 0, absolute = 0;
  for (const int64_t row : {0, 2, 3}) {
    const double error = told[row][0].item<double>() - batch.y[row].item<double>();
    squares += error * error / 16 / 3;
    absolute += std::abs(error) / 3;
  }
  const Loss loss = loss_of(*method, batch, 1);
  EXPECT_NEAR(loss.total.item<double>(), squares, 1e-5);
  ASSERT_EQ(loss.parts.at(0).first, "absolute_error");
  EXPECT_NEAR(loss.parts[0].second.item<double>(), absolute, 1e-5);
  loss.total.backward();
  for (const Tensor& parameter : method->parameters())
    EXPECT_TRUE(parameter.grad().isfinite().all().item<bool>());
}

TEST(Supervised, TellsNumbersInTheUnitsOfItsHead) {
  const auto method = make({.classes = 0, .hidden = 4});
  method->eval();
  const Tensor x = Waves(3).all().x, plain = method->classify(x);
  method->head().set_units(100, 20);
  EXPECT_TRUE(method->classify(x).allclose(plain * 20 + 100, 1e-5, 1e-4));
  EXPECT_THROW(make({})->head().set_units(0, 1), StateError);
}

TEST(Supervised, RefusesLabelsOfTheOtherKind) {
  Batch batch = Waves(4).all();
  EXPECT_THROW(loss_of(*make({.classes = 0}), batch, 1), ShapeError);
  batch.y = batch.y.to(at::kFloat);
  EXPECT_THROW(loss_of(*make({}), batch, 1), ShapeError);
  EXPECT_THROW(make({.classes = 1}), ConfigError);
  EXPECT_NE(message_of<ConfigError>([] {
              make({.classes = 0, .label_smoothing = 0.1});
            }).find("label_smoothing"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
