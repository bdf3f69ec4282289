// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/spread.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"

namespace tacit {
namespace {

TEST(Spread, QuantilesMatchTheTables) {
  // scipy.stats.t.ppf(0.975, degrees)
  const std::pair<int64_t, double> table[] = {{1, 12.706204736174694},  {2, 4.302652729749462},
                                              {3, 3.1824463052837078},  {4, 2.7764451051977934},
                                              {9, 2.262157162798205},   {29, 2.045229642132703},
                                              {100, 1.9839715185235518}};
  for (const auto& [degrees, expected] : table)
    EXPECT_NEAR(student_t(0.95, degrees), expected, 1e-10 * expected) << degrees;
  EXPECT_EQ(student_t(0, 3), 0);
  EXPECT_THROW(student_t(1, 3), ConfigError);
  EXPECT_THROW(student_t(0.5, 0), ConfigError);
}

TEST(Spread, IntervalIsTheTextbookOne) {
  const Spread got = spread({1, 2, 3, 4, 10});
  EXPECT_DOUBLE_EQ(got.mean, 4);
  EXPECT_DOUBLE_EQ(got.std, std::sqrt(12.5));
  const double half = 2.7764451051977934 * std::sqrt(12.5 / 5);
  EXPECT_NEAR(got.low, 4 - half, 1e-9);
  EXPECT_NEAR(got.high, 4 + half, 1e-9);
  EXPECT_EQ(got.n, 5);
  EXPECT_EQ(got.values, (std::vector<double>{1, 2, 3, 4, 10}));
}

TEST(Spread, OneValueHasNoInterval) {
  const Spread got = spread({0.5});
  EXPECT_EQ(got.mean, 0.5);
  EXPECT_TRUE(std::isnan(got.std) && std::isnan(got.low) && std::isnan(got.high));
  EXPECT_EQ(Json(got).dump(),
            R"({"mean":0.5,"std":null,"low":null,"high":null,"n":1,"values":[0.5]})");
}

TEST(Spread, RefusesNoValues) { EXPECT_THROW(spread({}), DataError); }

}  // namespace
}  // namespace tacit
