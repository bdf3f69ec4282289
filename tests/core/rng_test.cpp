// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "tacit/core/philox.h"

namespace tacit {
namespace {

using Words = std::array<uint32_t, 4>;

TEST(Philox, MatchesThePublishedVectors) {  // Random123, kat_vectors, philox4x32 10
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, DrawsPhiloxBlocksLowestWordFirst) {
  Rng zero(0);
  EXPECT_EQ(zero.bits(), 0xe169c58d6627e8d5U);
  EXPECT_EQ(zero.bits(), 0x9b00dbd8bc57ac4cU);
  const Words second = philox({1, 0, 0, 0}, {0, 0});
  EXPECT_EQ(zero.bits(), second[0] | uint64_t{second[1]} << 32);
  const Words keyed = philox({0, 0, 0, 0}, {0x55667788, 0x11223344});
  EXPECT_EQ(Rng(0x1122334455667788).bits(), keyed[0] | uint64_t{keyed[1]} << 32);
}

TEST(Rng, ACopyReplays) {
  Rng rng(3);
  rng.bits();  // half a block is left
  Rng copy = rng;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(copy.bits(), rng.bits());
}

TEST(Rng, StreamsDoNotAdvanceTheirSource) {
  Rng rng(3), untouched(3);
  rng.stream("rows");
  rng.stream(7);
  EXPECT_EQ(rng.bits(), untouched.bits());
  EXPECT_EQ(rng.stream(7).bits(), Rng(3).stream(7).bits());
}

TEST(Rng, RowsOfAShareAreThoseOfTheJointBatch) {
  const Rng joint(3), share = joint.from_row(4);
  EXPECT_EQ(share.row(2).bits(), joint.row(6).bits());
  EXPECT_EQ(joint.row(6).bits(), joint.stream(6).bits());
  EXPECT_EQ(Rng(share).split().row(2).bits(), Rng(joint).split().row(6).bits());
  EXPECT_EQ(share.stream("purpose").stream(9).row(0).bits(),
            joint.stream("purpose").stream(9).row(4).bits());
  EXPECT_EQ(Rng(share).bits(), Rng(joint).bits());  // draws that are no row's are shared
}

TEST(Rng, EveryStreamIsAnother) {
  std::set<uint64_t> seen;
  size_t streams = 0;
  const auto add = [&](Rng rng) {
    seen.insert(rng.bits());
    ++streams;
  };
  for (const uint64_t seed : {0, 1, 2}) {
    const Rng rng(seed);
    add(rng);
    for (const char* purpose : {"", "a", "b", "ab", "ba", "loader", "augment"}) {
      add(rng.stream(purpose));
      add(rng.stream(purpose).stream(0));
    }
    for (uint64_t index = 0; index < 2000; ++index) add(rng.stream(index));
    add(rng.stream(UINT64_MAX));
    for (uint64_t index = 0; index < 50; ++index)
      for (uint64_t inner = 0; inner < 50; ++inner) add(rng.stream(index).stream(inner));
    Rng moving(seed);
    for (int i = 0; i < 100; ++i) add(moving.split());
  }
  EXPECT_EQ(seen.size(), streams);
}

TEST(Rng, NeighbouringStreamsAreUncorrelated) {
  const Rng rng(1);
  const int streams = 20000;
  double products = 0;
  double before = rng.stream(uint64_t{0}).uniform() - 0.5;
  for (uint64_t index = 1; index <= streams; ++index) {
    const double now = rng.stream(index).uniform() - 0.5;
    products += before * now;
    before = now;
  }
  EXPECT_NEAR(products / streams * 12, 0, 6 / std::sqrt(streams));
}

/// Chi-squared of equally likely cells, less its mean, in its standard deviations.
double surplus(const std::vector<int>& counts) {
  const double expected =
      std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
  double chi = 0;
  for (const int count : counts) chi += (count - expected) * (count - expected) / expected;
  const auto freedom = static_cast<double>(counts.size() - 1);
  return (chi - freedom) / std::sqrt(2 * freedom);
}

TEST(Rng, UniformFillsItsRangeEvenly) {
  Rng rng(1);
  std::vector<int> cells(100);
  for (int i = 0; i < 100000; ++i) {
    const double value = rng.uniform();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    ++cells[static_cast<size_t>(value * 100)];
  }
  EXPECT_LT(std::abs(surplus(cells)), 5);
  for (int i = 0; i < 1000; ++i) {
    const double value = rng.uniform(-3, 5);
    ASSERT_GE(value, -3);
    ASSERT_LT(value, 5);
  }
}

TEST(Rng, EveryBitIsSetHalfTheTime) {
  Rng rng(1);
  std::vector<int> set(64);
  const int draws = 20000;
  for (int i = 0; i < draws; ++i) {
    const uint64_t value = rng.bits();
    for (size_t bit = 0; bit < 64; ++bit) set[bit] += static_cast<int>(value >> bit & 1);
  }
  for (const int count : set) EXPECT_NEAR(count, draws / 2, 6 * std::sqrt(draws / 4.0));
}

TEST(Rng, BelowIsEven) {
  Rng rng(1);
  for (const int64_t bound : {2, 3, 7, 100}) {
    std::vector<int> cells(static_cast<size_t>(bound));
    for (int i = 0; i < 50000; ++i) ++cells.at(static_cast<size_t>(rng.below(bound)));
    EXPECT_LT(std::abs(surplus(cells)), 5) << bound;
  }
  for (int i = 0; i < 10; ++i) EXPECT_EQ(rng.below(1), 0);
}

TEST(Rng, BelowIsEvenForBoundsThatDoNotDivideTheWord) {
  // For 3/8 of 2^64, taking the remainder alone would favour the lowest third 3 : 2.
  const int64_t bound = int64_t{3} << 61;
  Rng rng(1);
  std::vector<int> thirds(3);
  for (int i = 0; i < 30000; ++i) ++thirds.at(static_cast<size_t>(rng.below(bound) / (bound / 3)));
  EXPECT_LT(std::abs(surplus(thirds)), 5);
  for (int i = 0; i < 100; ++i) EXPECT_GE(rng.below(std::numeric_limits<int64_t>::max()), 0);
}

TEST(Rng, NormalHasTheMomentsOfANormal) {
  Rng rng(1);
  const int draws = 200000;
  std::array<double, 5> moment{};
  double neighbours = 0, before = 0;
  for (int i = 0; i < draws; ++i) {
    const double z = rng.normal();
    ASSERT_TRUE(std::isfinite(z));
    for (int power = 1; power <= 4; ++power)
      moment[static_cast<size_t>(power)] += std::pow(z, power) / draws;
    neighbours += z * before / draws;
    before = z;
  }
  const double spread = 6 / std::sqrt(draws);  // times the deviation of z^power
  EXPECT_NEAR(moment[1], 0, spread);
  EXPECT_NEAR(moment[2], 1, spread * std::sqrt(2));
  EXPECT_NEAR(moment[3], 0, spread * std::sqrt(15));
  EXPECT_NEAR(moment[4], 3, spread * std::sqrt(96));
  EXPECT_NEAR(neighbours, 0, spread);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) sum += rng.normal(5, 0.5);
  EXPECT_NEAR(sum / 10000, 5, 6 * 0.5 / 100);
}

TEST(Rng, ChanceHappensAtItsProbability) {
  Rng rng(1);
  int happened = 0;
  for (int i = 0; i < 10000; ++i) happened += rng.chance(0.2) ? 1 : 0;
  EXPECT_NEAR(happened, 2000, 6 * 40);
  EXPECT_FALSE(rng.chance(0));
  EXPECT_TRUE(rng.chance(1));
}

TEST(Rng, ShuffleMakesEveryOrderEquallyOften) {
  Rng rng(1);
  std::vector<int> cells(24);
  for (int i = 0; i < 24000; ++i) {
    std::array<int, 4> values{0, 1, 2, 3};
    rng.shuffle(std::span<int>(values));
    std::array<int, 4> order{0, 1, 2, 3};
    size_t rank = 0;
    while (order != values) {
      ASSERT_TRUE(std::next_permutation(order.begin(), order.end()));
      ++rank;
    }
    ++cells[rank];
  }
  EXPECT_LT(std::abs(surplus(cells)), 5);
}

}  // namespace
}  // namespace tacit
