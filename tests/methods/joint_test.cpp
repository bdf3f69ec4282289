// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/joint.h"

#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

const Json kParts{{{"name", "autoencoder"}, {"hidden", 16}, {"weight", 2}},
                  {{"name", "transformation_prediction"}, {"hidden", 16}, {"weight", 0.25}}};

std::shared_ptr<Method> joint(const Json& parts) {
  return find_method("joint").make({{"methods", parts}},
                                   {Waves(1).spec(), small_encoder(Rng(1)), Rng(2)});
}

double part(const Loss& loss, const std::string& name) {
  for (const auto& [key, value] : loss.parts)
    if (key == name) return value.item<double>();
  ADD_FAILURE() << "no " << name;
  return 0;
}

TEST(Joint, LossIsTheWeightedSumOfItsParts) {
  const Loss loss = loss_of(*joint(kParts), Waves(6).all(), 1);
  EXPECT_NEAR(
      loss.total.item<double>(),
      2 * part(loss, "autoencoder/loss") + 0.25 * part(loss, "transformation_prediction/loss"),
      1e-5);
  EXPECT_GT(part(loss, "jitter/loss"), 0);  // the parts of the parts are there too
}

TEST(Joint, PartsAreWhatTheyAreAlone) {
  const auto encoder = small_encoder(Rng(1));
  const auto alone =
      find_method("autoencoder")
          .make({{"hidden", 16}}, {Waves(1).spec(), encoder, Rng(2).stream("part1")});
  const Batch batch = Waves(6).all();
  EXPECT_NEAR(part(loss_of(*joint(kParts), batch, 1), "autoencoder/loss"),
              loss_of(*alone, batch, 1).total.item<double>(), 1e-6);
}

TEST(Joint, TakesEveryMethodThatItsEncoderCanServe) {
  const auto method = find_method("joint").make(
      {{"methods",
        {{{"name", "spectrum_prediction"}, {"hidden", 16}},
         {{"name", "simclr"}, {"projector", {8}}, {"weight", 0.1}},
         {{"name", "vicreg"}, {"expander", {8}}, {"weight", 0.01}},
         {{"name", "masked_autoencoder"}, {"decoder", {{"width", 8}, {"heads", 2}}}}}}},
      {Waves(1).spec(), small_token_encoder(Rng(1)), Rng(2)});
  const Loss loss = loss_of(*method, Waves(6).all(), 1);
  EXPECT_NEAR(loss.total.item<double>(),
              part(loss, "spectrum_prediction/loss") + 0.1 * part(loss, "simclr/loss") +
                  0.01 * part(loss, "vicreg/loss") + part(loss, "masked_autoencoder/loss"),
              1e-4);
  loss.total.backward();
  for (const auto& item : method->named_parameters())
    EXPECT_TRUE(item.value().grad().defined()) << item.key();
}

TEST(Joint, ListsTheSharedEncodersParametersOnce) {
  const auto method = joint(kParts);
  const size_t encoder = method->encoder().parameters().size();
  EXPECT_EQ(method->phases().at(0).parameters.size(), encoder + 4 + 4);
}

TEST(Joint, RefusesWhatItCannotHold) {
  EXPECT_NE(message_of<ConfigError>([] { joint(Json::array()); }).find("empty"), std::string::npos);
  EXPECT_NE(message_of<ConfigError>([] {
              joint({{{"name", "joint"}}});
            }).find("cannot hold another"),
            std::string::npos);
  EXPECT_NE(message_of<ConfigError>([] {
              joint({{{"name", "autoencodr"}}});
            }).find("\"autoencoder\""),
            std::string::npos);
  EXPECT_NE(message_of<ConfigError>([] {
              joint({{{"weight", 1}}});
            }).find("methods[0]"),
            std::string::npos);
  for (const Json& weight : {Json(0), Json(-1), Json("much")})
    EXPECT_NE(message_of<ConfigError>([&] {
                joint({{{"name", "autoencoder"}, {"weight", weight}}});
              }).find("methods[0].weight"),
              std::string::npos);
}

}  // namespace
}  // namespace tacit
