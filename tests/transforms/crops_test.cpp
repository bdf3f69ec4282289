// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/crops.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <set>

#include "tacit/core/error.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

/// [rows, 2, time], in which a value tells its row, channel and time.
Tensor ramps(int64_t rows, int64_t time) {
  return at::arange(rows * 2 * time, at::kFloat).view({rows, 2, time});
}

Crops crops(const Tensor& x, int64_t least, uint64_t seed) {
  Rng rng(seed);
  return overlapping_crops(x, least, rng);
}

/// Where each row's crop begins. A failed test unless it is one stretch of that row.
Tensor begins(const Tensor& crop, const Tensor& x) {
  const Tensor first = crop.slice(2, 0, 1) - x.slice(2, 0, 1);  // [N, 2, 1]
  EXPECT_TRUE(crop.equal(x.slice(2, 0, 1) + first + at::arange(crop.size(2)).view({1, 1, -1})));
  EXPECT_TRUE(first.select(1, 0).equal(first.select(1, 1)));  // both channels alike
  EXPECT_GE(first.min().item<double>(), 0);
  EXPECT_LE(first.max().item<double>() + static_cast<double>(crop.size(2)),
            static_cast<double>(x.size(2)));
  return first.select(1, 0).flatten();
}

TEST(OverlappingCrops, AreStretchesOfARowThatShareWhatTheySay) {
  const Tensor x = ramps(5, 40);
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const auto [first, second, shared] = crops(x, 3, seed);
    ASSERT_GE(shared, 3);
    const Tensor before = begins(second, x) - begins(first, x);  // what the first has to itself
    EXPECT_TRUE((before == static_cast<double>(first.size(2) - shared)).all().item<bool>());
    EXPECT_TRUE(first.slice(2, first.size(2) - shared).equal(second.slice(2, 0, shared)));
  }
}

TEST(OverlappingCrops, ShareAnyNumberOfStepsAndReachBothEnds) {
  const Tensor x = ramps(1, 8);
  std::map<int64_t, int> shared;
  std::set<std::pair<int64_t, int64_t>> reaches;
  for (uint64_t seed = 1; seed <= 7000; ++seed) {
    const Crops both = crops(x, 2, seed);
    ++shared[both.shared];
    if (both.shared == 2) reaches.emplace(both.first.size(2) - 2, both.second.size(2) - 2);
    if (both.shared == 8) {
      EXPECT_TRUE(both.first.equal(x) && both.second.equal(x));
    }
  }
  ASSERT_EQ(shared.size(), 7);  // 2 … 8, equally often
  for (const auto& [steps, times] : shared) EXPECT_NEAR(times, 1000, 150) << steps;
  EXPECT_EQ(reaches.size(), 28);  // all pairs of whole numbers with a sum of 0 … 6
}

TEST(OverlappingCrops, LieElsewhereInEachRow) {
  const Tensor x = ramps(400, 64);
  uint64_t seed = 1;
  while (crops(x, 2, seed).first.size(2) > 30) ++seed;
  const Tensor places = begins(crops(x, 2, seed).first, x);
  EXPECT_GT(std::get<0>(at::_unique(places)).size(0), 15);
  EXPECT_EQ(places.min().item<double>(), 0);
}

TEST(OverlappingCrops, AreTheSameOfRowsThatProcessesShare) {
  const Tensor x = ramps(7, 40);
  const Crops joint = crops(x, 2, 3);
  Rng rest = Rng(3).from_row(4);
  const Crops own = overlapping_crops(x.slice(0, 4), 2, rest);
  EXPECT_EQ(own.shared, joint.shared);
  EXPECT_TRUE(own.first.equal(joint.first.slice(0, 4)));
  EXPECT_TRUE(own.second.equal(joint.second.slice(0, 4)));
}

TEST(OverlappingCrops, AreAFunctionOfTheStreamWhichMovesOn) {
  const Tensor x = ramps(3, 40);
  EXPECT_TRUE(crops(x, 2, 5).first.equal(crops(x, 2, 5).first));
  Rng rng(5);
  const Crops one = overlapping_crops(x, 2, rng), two = overlapping_crops(x, 2, rng);
  EXPECT_FALSE(one.first.sizes() == two.first.sizes() && one.first.equal(two.first));
}

TEST(OverlappingCrops, RefuseRowsThatAreTooShort) {
  EXPECT_NE(message_of<ShapeError>([] { crops(ramps(1, 7), 8, 1); }).find("7 samples"),
            std::string::npos);
  EXPECT_THROW(crops(ramps(1, 7), 0, 1), ShapeError);
  EXPECT_THROW(crops(at::ones({3, 7}), 2, 1), ShapeError);
}

}  // namespace
}  // namespace tacit
