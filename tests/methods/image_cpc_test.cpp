// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/image_cpc.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tacit/core/weights.h"
#include "tacit/nn/registry.h"
#include "tacit/train/optimizer.h"
#include "tests/core/folder.h"
#include "tests/methods/pictures.h"
#include "tests/methods/waves.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

/// On 16 x 16 pixels: a grid of 3 x 3 patches, of which the first and the last share no pixel.
ImageCpcConfig small(CpcDirections directions = CpcDirections::down) {
  return {.directions = directions,
          .context_width = 6,
          .context_layers = 1,
          .target_width = 5,
          .augment = {},
          .augment_patches = {}};
}

std::shared_ptr<ImageCpc> make(
    const ImageCpcConfig& config,
    const std::shared_ptr<Encoder>& encoder = small_patch_encoder(Rng(1))) {
  return std::make_shared<ImageCpc>(config, Ingredients{Pictures(1).spec(), encoder, Rng(2)});
}

double part(const Loss& loss, const std::string& name) {
  for (const auto& [each, value] : loss.parts)
    if (each == name) return value.item<double>();
  ADD_FAILURE() << "no part " << name;
  return 0;
}

bool has_part(const Loss& loss, const std::string& name) {
  return std::ranges::any_of(loss.parts, [&](const auto& each) { return each.first == name; });
}

/// The mean cost and the share found where `foretold` [Q, D] must pick out their own, of which
/// there are as many, among `all` [M, D].
std::pair<double, double> picked(const Tensor& foretold, const std::vector<int64_t>& own,
                                 const Tensor& all) {
  double cost = 0, right = 0;
  const auto count = static_cast<double>(own.size());
  for (size_t q = 0; q < own.size(); ++q) {
    const Tensor scores = all.mv(foretold[static_cast<int64_t>(q)]);
    cost += (scores.logsumexp(0) - scores[own[q]]).item<double>() / count;
    right += scores.argmax().item<int64_t>() == own[q] ? 1 / count : 0;
  }
  return {cost, right};
}

TEST(ImageCpc, ForetellsTheLowerPatchesFromTheContextOfTheUpperOnes) {
  const auto encoder = std::dynamic_pointer_cast<PatchResnet>(small_patch_encoder(Rng(1)));
  const auto method = make(small(), encoder);
  stir(*method);
  method->eval();
  const Batch batch = all_of(Pictures(3));
  const auto w = weights(*method);
  GridContext context({.inputs = 8, .width = 6, .layers = 1}, Rng(9));
  std::map<std::string, Tensor> of_context;
  for (const auto& [name, value] : w)
    if (name.starts_with("down.")) of_context[name.substr(5)] = value;
  set_weights(context, of_context);
  const Tensor patches = encoder->cut(batch.x);
  const Tensor z = encoder->encode(patches.flatten(0, 2)).view({3, 3, 3, 8});
  const Tensor all = z.matmul(w.at("target_weight").t()).flatten(0, 2);  // [N R K, P]
  const Tensor seen = context.forward(z).select(1, 0);                   // [N, K, D]
  const Tensor foretold = seen.matmul(w.at("down_weight2").t()).flatten(0, 1);
  std::vector<int64_t> own;
  for (int64_t image = 0; image < 3; ++image)
    for (int64_t column = 0; column < 3; ++column) own.push_back(9 * image + 6 + column);
  const auto [cost, right] = picked(foretold, own, all);
  const Loss loss = loss_of(*method, batch, 1);
  EXPECT_NEAR(loss.total.item<double>(), cost, 1e-4 * cost);
  EXPECT_NEAR(part(loss, "nce/accuracy"), right, 1e-6);
  EXPECT_NEAR(part(loss, "nce/chance"), 1.0 / 27, 1e-7);
}

/// An encoder of patches that does not know up from down or left from right: without hops, and with
/// symmetric filters.
std::shared_ptr<Encoder> symmetric_encoder() {
  auto encoder = find_encoder("patch_resnet")
                     .make({{"patch", 8}, {"hop", 4}, {"filters", {8}}, {"blocks", {1}}},
                           Pictures(1).spec(), Rng(1));
  auto all = weights(*encoder);
  for (auto& [name, value] : all)
    if (value.dim() == 4) {
      const Tensor turned = value + value.transpose(2, 3), mirrored = turned + turned.flip(2);
      value = (mirrored + mirrored.flip(3)) / 8;
    }
  set_weights(*encoder, all);
  return encoder;
}

TEST(ImageCpc, GoesTheOtherWaysAsItGoesDownATurnedImage) {
  const auto encoder = symmetric_encoder();
  const auto four = make(small(CpcDirections::four), encoder), down = make(small(), encoder);
  four->eval(), down->eval();
  const auto trained = weights(*four);
  double sum = 0;
  for (const std::string way : {"down", "up", "right", "left"}) {
    auto moved = weights(*down);
    for (auto& [name, value] : moved)
      value = trained.at(name.starts_with("down") ? way + name.substr(4) : name);
    set_weights(*down, moved);
    Batch batch = all_of(Pictures(4));
    if (way == "right" || way == "left") batch.x = batch.x.transpose(2, 3).contiguous();
    if (way == "up" || way == "left") batch.x = batch.x.flip(2);
    sum += loss_of(*down, batch, 1).total.item<double>() / 4;
  }
  EXPECT_NEAR(loss_of(*four, all_of(Pictures(4)), 1).total.item<double>(), sum, 1e-4 * sum);
}

TEST(ImageCpc, GivesEveryParameterAGradient) {
  const auto method = make(small(CpcDirections::four));
  loss_of(*method, all_of(Pictures(4)), 1).total.backward();
  for (const auto& item : method->named_parameters())
    EXPECT_TRUE(item.value().grad().defined() && item.value().grad().abs().max().item<double>() > 0)
        << item.key();
}

TEST(ImageCpc, SaysWhatMeanColoursWouldReachInEvalMode) {
  const auto method = make(small());
  Batch flat = all_of(Pictures(4));
  flat.x = (at::arange(4, at::kFloat) / 4).view({4, 1, 1, 1}).expand_as(flat.x).contiguous();
  // Columns of one colour each, which differ from image to image: a colour tells the column.
  flat.x = flat.x + at::arange(16, at::kFloat).view({1, 1, 1, 16}) * 0.001;
  EXPECT_FALSE(has_part(loss_of(*method, flat, 1), "nce/colour_accuracy"));
  method->eval();
  ImageCpcConfig others = small();
  others.nce.negatives = NceNegatives::other_sequences;
  const auto across = make(others);
  across->eval();
  EXPECT_EQ(part(loss_of(*across, flat, 1), "nce/colour_accuracy"), 1);
  // Three rows of the same colour: the own row is not nearer than the other two.
  EXPECT_LT(part(loss_of(*method, flat, 1), "nce/colour_accuracy"), 1);
}

TEST(ImageCpc, PredictsRowsThatShareNoPixelUnlessItIsTold) {
  const auto predicted = [](int64_t nearest, int64_t farthest) {
    ImageCpcConfig config = small();
    config.nearest = nearest, config.farthest = farthest;
    std::vector<std::string> names;
    for (const auto& item : make(config)->named_parameters())
      if (item.key().starts_with("down_weight")) names.push_back(item.key());
    return names;
  };
  EXPECT_EQ(predicted(0, 5), std::vector<std::string>{"down_weight2"});
  EXPECT_EQ(predicted(1, 5), (std::vector<std::string>{"down_weight1", "down_weight2"}));
  EXPECT_EQ(predicted(1, 1), std::vector<std::string>{"down_weight1"});
}

TEST(ImageCpc, ChangesImagesAndPatchesOnlyWhileTraining) {
  for (const bool patches : {false, true}) {
    ImageCpcConfig config = small();
    (patches ? config.augment_patches : config.augment) = {"solarise"};
    (patches ? config.patch : config.image).solarise.probability = 1;
    const auto plain = make(small()), changing = make(config);
    const Batch batch = all_of(Pictures(4));
    const Tensor before = batch.x.clone();
    EXPECT_NE(loss_of(*plain, batch, 1).total.item<double>(),
              loss_of(*changing, batch, 1).total.item<double>());
    plain->eval(), changing->eval();
    EXPECT_EQ(loss_of(*plain, batch, 1).total.item<double>(),
              loss_of(*changing, batch, 1).total.item<double>());
    EXPECT_TRUE(batch.x.equal(before));
  }
}

TEST(ImageCpc, LearnsToFindPatchesFarAboveChance) {
  const auto method = make({.directions = CpcDirections::down,
                            .context_width = 16,
                            .context_layers = 1,
                            .target_width = 8,
                            .augment = {},
                            .augment_patches = {}});
  const Batch batch = all_of(Pictures(32));
  Optimizer optimizer({.learning_rate = 1e-2}, method->phases().at(0).parameters);
  double first = 0, last = 0;
  for (uint64_t step = 0; step < 60; ++step) {
    optimizer.zero_grad();
    const Loss loss = loss_of(*method, batch, step);
    loss.total.backward();
    optimizer.step(1);
    last = loss.total.item<double>();
    if (step == 0) first = last;
  }
  EXPECT_LT(last, 0.8 * first);
  EXPECT_GT(part(loss_of(*method, batch, 1), "nce/accuracy"), 5.0 / (32 * 9));
}

TEST(ImageCpc, RefusesWhatDoesNotFitTogether) {
  EXPECT_NE(message_of<ConfigError>([] {
              make(small(), small_image_encoder(Rng(1)));
            }).find("\"patch_resnet\""),
            std::string::npos);
  const auto single = find_encoder("patch_resnet")
                          .make({{"patch", 12}, {"hop", 4}, {"filters", {8}}, {"blocks", {1}}},
                                Pictures(1).spec(), Rng(1));
  EXPECT_NE(message_of<ConfigError>([&] { make(small(), single); }).find("3 rows ahead"),
            std::string::npos);
  ImageCpcConfig unknown = small();
  unknown.augment_patches = {"mirror"};
  EXPECT_NE(message_of<ConfigError>([&] { make(unknown); }).find("method.augment_patches"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
