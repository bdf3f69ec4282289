// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/denoising_autoencoder.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tacit/core/weights.h"
#include "tacit/train/optimizer.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

using Config = DenoisingAutoencoderConfig;

Ingredients ingredients() { return {TableRows(1).spec(), small_table_encoder(Rng(1)), Rng(2)}; }
Batch rows(int64_t count = 20) { return all_of(TableRows(count)); }

std::map<std::string, double> parts_of(const Loss& loss) {
  std::map<std::string, double> parts;
  for (const auto& [name, value] : loss.parts) parts[name] = value.item<double>();
  return parts;
}

TEST(DenoisingAutoencoder, WithoutNoiseItsLossIsAHandComputation) {
  DenoisingAutoencoder method({.noise = {.swap = 0, .hide = 0}}, ingredients());
  auto w = weights(method);
  // A decoder that says its bias: numbers size, weight, sin and cos, then 6 shades and 4 kinds.
  w["decoder.weight"].zero_();
  w["decoder.bias"] =
      at::tensor(std::vector<float>{0.5F, -1, 0, 0.25F, 0, 0, 1, 2, 3, 0, 0, 0, std::log(5.0F), 0});
  set_weights(method, w);
  const Batch batch = rows();
  double size = 0, weight = 0, weighed = 0, shade = 0, kind = 0, hour = 0;
  const double shades = 3 + std::exp(1) + std::exp(2) + std::exp(3);
  for (int64_t row = 0; row < 20; ++row) {
    const auto cell = [&](int64_t field) { return batch.x[row][field].item<double>(); };
    size += std::pow(cell(0) - 0.5, 2) / 20;
    if (!std::isnan(cell(1))) weight += std::pow(cell(1) + 1, 2), ++weighed;
    const double code = cell(2), logit = code >= 2 && code <= 4 ? code - 1 : 0;
    shade += (std::log(shades) - logit) / 20;
    kind -= std::log((cell(3) == 2 ? 5 : 1) / 8.0) / 20;
    hour += (std::pow(cell(4), 2) + std::pow(cell(5) - 0.25, 2)) / 2 / 20;
  }
  const Loss loss = loss_of(method, batch, 1);
  const auto parts = parts_of(loss);
  EXPECT_EQ(weighed, 18);
  EXPECT_NEAR(parts.at("column/size"), size, 1e-5);
  EXPECT_NEAR(parts.at("column/weight"), weight / weighed, 1e-5);
  EXPECT_NEAR(parts.at("column/shade"), shade, 1e-5);
  EXPECT_NEAR(parts.at("column/kind"), kind, 1e-5);
  EXPECT_NEAR(parts.at("column/hour"), hour, 1e-5);
  EXPECT_NEAR(loss.total.item<double>(), (size + weight / weighed + shade + kind + hour) / 5, 1e-5);
}

TEST(DenoisingAutoencoder, TellsTheCleanRowFromTheCodeOfTheNoisyOne) {
  const Config config{.noise = {.swap = 0.4, .hide = 0.3}, .hidden = 8};
  DenoisingAutoencoder method(config, ingredients());
  const Batch batch = rows();
  Rng draws(1);
  const Tensor noisy =
      corrupt(batch.x, TableRows(1).spec().fields, config.noise, {batch.x}, draws).x;
  const Tensor code = dynamic_cast<TableEncoder&>(method.encoder()).code(noisy);
  const FieldOutputs layout(TableRows(1).spec().fields);
  const Tensor told = field_losses(layout, method.cell_decoder()->forward(code), batch.x);
  const Tensor each = column_losses(layout, told, batch.x, SingleProcess());
  EXPECT_NEAR(loss_of(method, batch, 1).total.item<double>(), each.mean().item<double>(), 1e-6);
}

TEST(DenoisingAutoencoder, WeighsColumnsByKindAndByName) {
  DenoisingAutoencoder method(
      {.categorical_weight = 2, .column_weights = {{"size", 3}, {"kind", 0}}}, ingredients());
  const Loss loss = loss_of(method, rows(), 1);
  const auto parts = parts_of(loss);
  const double wanted = (3 * parts.at("column/size") + parts.at("column/weight") +
                         2 * parts.at("column/shade") + parts.at("column/hour")) /
                        7;
  EXPECT_NEAR(loss.total.item<double>(), wanted, 1e-6);
}

TEST(DenoisingAutoencoder, ReportsInValidationWhatCopyingWouldCost) {
  DenoisingAutoencoder method({}, ingredients());
  EXPECT_FALSE(parts_of(loss_of(method, rows(), 1)).contains("identity"));
  method.eval();
  auto parts = parts_of(loss_of(method, rows(), 1));
  double mean = 0;
  for (const char* name : {"size", "weight", "shade", "kind", "hour"})
    mean += parts.at(std::string("identity/") + name) / 5;
  EXPECT_NEAR(parts.at("identity"), mean, 1e-6);
  EXPECT_GT(mean, 0);
  DenoisingAutoencoder quiet({.noise = {.swap = 0, .hide = 0}}, ingredients());
  quiet.eval();
  EXPECT_EQ(parts_of(loss_of(quiet, rows(), 1)).at("identity"), 0);
}

TEST(DenoisingAutoencoder, LearnsToBeatCopyingWhereColumnsTellOfEachOther) {
  DenoisingAutoencoder method({}, ingredients());
  Optimizer optimizer({.learning_rate = 1e-2}, method.phases().at(0).parameters);
  for (uint64_t step = 0; step < 300; ++step) {
    optimizer.zero_grad();
    loss_of(method, rows(64), 100 + step).total.backward();
    optimizer.step(1);
  }
  method.eval();
  const Loss loss = loss_of(method, all_of(TableRows(200, 2)), 1);
  const auto parts = parts_of(loss);
  EXPECT_LT(loss.total.item<double>(), 0.8 * parts.at("identity"));
  EXPECT_LT(parts.at("column/kind"), 0.5 * parts.at("identity/kind"));
}

TEST(DenoisingAutoencoder, DecodesLinearlyUnlessAskedOtherwise) {
  EXPECT_EQ(weights(DenoisingAutoencoder({}, ingredients())).at("decoder.weight").sizes(),
            (std::vector<int64_t>{4 + 6 + 4, 8}));
  EXPECT_TRUE(weights(DenoisingAutoencoder({.hidden = 5}, ingredients()))
                  .contains("decoder.hidden_weight"));
}

TEST(DenoisingAutoencoder, IsPartOfAJointMethod) {
  const auto method =
      find_method("joint").make({{"methods",
                                  {{{"name", "denoising_autoencoder"}, {"weight", 0.5}},
                                   {{"name", "supervised"}, {"hidden", 4}}}}},
                                ingredients());
  const Loss loss = loss_of(*method, rows(), 1);
  const auto parts = parts_of(loss);
  EXPECT_NEAR(loss.total.item<double>(),
              0.5 * parts.at("denoising_autoencoder/loss") + parts.at("supervised/loss"), 1e-5);
}

TEST(DenoisingAutoencoder, RefusesWhatItCannotLearnFrom) {
  const auto refusal = [](const Json& config) {
    return message_of<ConfigError>(
        [&] { find_method("denoising_autoencoder").make(config, ingredients()); });
  };
  const auto has = [](const std::string& message, const char* part) {
    return message.find(part) != std::string::npos;
  };
  EXPECT_PRED2(has, refusal({{"swap", 0.7}, {"hide", 0.4}}), "method.swap and method.hide sum");
  EXPECT_PRED2(has, refusal({{"column_weights", {{"shde", 2}}}}), "did you mean \"shade\"");
  EXPECT_PRED2(has, refusal({{"column_weights", {{"shade", -1}}}}), "method.column_weights.shade");
  EXPECT_PRED2(has, refusal({{"column_weights", {{"shade", "much"}}}}), "number >= 0");
  EXPECT_PRED2(has, refusal({{"column_weights", 3}}), "{age = 2}");
  EXPECT_PRED2(has, refusal({{"numeric_weight", 0}, {"categorical_weight", 0}}), "weight is 0");
  const std::string encoder = message_of<ConfigError>([] {
    DenoisingAutoencoder({}, {TableRows(1).spec(), small_encoder(Rng(1)), Rng(2)});
  });
  EXPECT_PRED2(has, encoder, "table_mlp");
}

}  // namespace
}  // namespace tacit
