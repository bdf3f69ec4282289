// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/means.h"

#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

namespace tacit {
namespace {

Loss loss(float total, float part) {
  return {at::full({}, total), {{"a/part", at::full({}, part)}}};
}

std::map<std::string, double> written(const Means& means) {
  std::map<std::string, double> quantities;
  means.write("train/", quantities);
  return quantities;
}

void add(Means& means, const Loss& loss, const std::string& phase, int64_t rows) {
  means.add(names_of(loss, phase), values_of(loss), rows);
}

TEST(Means, NameALossBeforeItsPartsAndBehindItsPhase) {
  EXPECT_EQ(names_of(loss(1, 2), ""), (std::vector<std::string>{"loss", "a/part"}));
  EXPECT_EQ(names_of(loss(1, 2), "critic"),
            (std::vector<std::string>{"critic/loss", "critic/a/part"}));
}

TEST(Means, AreWeighedByRowsOfEachPhase) {
  Means means;
  add(means, loss(1, 10), "", 1);
  add(means, loss(4, 40), "", 3);
  add(means, loss(7, 70), "critic", 5);
  EXPECT_EQ(written(means), (std::map<std::string, double>{{"train/loss", 3.25},
                                                           {"train/a/part", 32.5},
                                                           {"train/critic/loss", 7},
                                                           {"train/critic/a/part", 70}}));
}

TEST(Means, WithoutRowsAreNotWritten) {
  Means means;
  EXPECT_TRUE(written(means).empty());
  add(means, loss(1, 1), "", 0);
  EXPECT_TRUE(written(means).empty());
}

TEST(Means, GoOnFromWhatWasSavedToTheSameBits) {
  Means whole;
  std::vector<Loss> losses;
  for (int i = 1; i < 9; ++i)
    losses.push_back(loss(1.0F / static_cast<float>(i), 0.1F * static_cast<float>(i)));
  for (const Loss& each : losses) add(whole, each, "", 7);
  Means first;
  for (size_t i = 0; i < 4; ++i) add(first, losses[i], "", 7);
  Means continued = Means::restore(Json::parse(first.save().dump()));
  EXPECT_EQ(written(continued), written(first));
  for (size_t i = 4; i < 8; ++i) add(continued, losses[i], "", 7);
  EXPECT_EQ(continued.save().dump(), whole.save().dump());
  EXPECT_THROW(Means::restore(Json::object()), Json::exception);
}

TEST(Means, OfOneProcessAreItsOwn) {
  Means means;
  add(means, loss(1, 10), "", 4);
  means.add_up(SingleProcess());
  EXPECT_EQ(written(means).at("train/loss"), 1);
}

}  // namespace
}  // namespace tacit
