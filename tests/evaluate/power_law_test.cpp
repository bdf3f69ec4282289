// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/power_law.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"
#include "tacit/evaluate/spread.h"

namespace tacit {
namespace {

constexpr PowerLawConfig kQuick{.resamples = 100};

struct Truth {
  double floor = 0.1, scale = 0.05, exponent = 0.4;
  double at(double amount) const { return floor + scale * std::pow(amount, -exponent); }
};

/// Errors of `truth` at 0.01 … 1, with normal noise of its own at each amount, and some of a seed's
/// that all amounts share.
std::vector<AmountError> simulate(const Truth& truth, int64_t seeds, double noise, double shared,
                                  Rng rng) {
  std::vector<AmountError> points;
  for (int64_t seed = 0; seed < seeds; ++seed) {
    const double all = rng.normal(0, shared);
    for (const double amount : {0.01, 0.03, 0.1, 0.3, 1.0})
      points.push_back({amount, truth.at(amount) + all + rng.normal(0, noise), seed});
  }
  return points;
}

std::vector<AmountError> once(const std::vector<double>& errors) {
  const double amounts[] = {0.01, 0.03, 0.1, 0.3, 1};
  std::vector<AmountError> points;
  for (size_t i = 0; i < errors.size(); ++i) points.push_back({amounts[i], errors[i]});
  return points;
}

TEST(PowerLaw, IsFoundAgainWithoutNoise) {
  for (const Truth& truth : {Truth{}, {0, 0.2, 0.3}, {0.3, 1e-3, 1.2}, {0.05, 0.6, 0.03}}) {
    const PowerLaw law = fit_power_law(simulate(truth, 1, 0, 0, Rng(1)), Rng(1), kQuick);
    EXPECT_EQ(law.verdict, PowerLawVerdict::holds);
    EXPECT_NEAR(law.floor.value, truth.floor, 1e-6);
    EXPECT_NEAR(law.scale.value, truth.scale, 1e-6);
    EXPECT_NEAR(law.exponent.value, truth.exponent, 1e-6);
    EXPECT_NEAR(law.at(10).value, truth.at(10), 1e-6);
    EXPECT_NEAR(law.explained, 1, 1e-9);
  }
}

TEST(PowerLaw, IsThatOfScipy) {
  // python -c 'import numpy as np; from scipy.optimize import curve_fit
  // f = lambda u, floor, scale, b: floor + scale * u**-b
  // fit = lambda e, sigma=None: print(curve_fit(f, [0.01, 0.03, 0.1, 0.3, 1], e, sigma=sigma,
  //   p0=[0.1, 0.1, 0.5], bounds=(0, np.inf), xtol=1e-15, ftol=1e-15, gtol=1e-15)[0])
  // fit([0.52, 0.40, 0.31, 0.27, 0.22]); fit([0.60, 0.44, 0.29, 0.19, 0.10])'  (SciPy 1.17.1)
  const PowerLaw law = fit_power_law(once({0.52, 0.40, 0.31, 0.27, 0.22}), Rng(1), kQuick);
  EXPECT_NEAR(law.floor.value, 0.15285249234161688, 1e-6);
  EXPECT_NEAR(law.scale.value, 0.07101843800864796, 1e-6);
  EXPECT_NEAR(law.exponent.value, 0.35636658947517763, 1e-6);
  // Here the floor would be negative.
  const PowerLaw edge = fit_power_law(once({0.60, 0.44, 0.29, 0.19, 0.10}), Rng(1), kQuick);
  EXPECT_EQ(edge.floor.value, 0);
  EXPECT_NEAR(edge.scale.value, 0.12662731392326274, 1e-6);
  EXPECT_NEAR(edge.exponent.value, 0.3423418251613814, 1e-6);
}

TEST(PowerLaw, WeighsAmountsByTheSpreadOfTheirSeeds) {
  // The same with e of three seeds a row:
  // e = np.array([[.50, .53, .55], [.41, .40, .42], [.30, .33, .31], [.25, .27, .28],
  //   [.22, .23, .20]]); v = e.var(1, ddof=1)
  // fit(e.mean(1), np.sqrt((2 * v + 4 * v.mean()) / 6 / 3))
  const double errors[5][3] = {{0.50, 0.53, 0.55},
                               {0.41, 0.40, 0.42},
                               {0.30, 0.33, 0.31},
                               {0.25, 0.27, 0.28},
                               {0.22, 0.23, 0.20}};
  const double amounts[] = {0.01, 0.03, 0.1, 0.3, 1};
  std::vector<AmountError> points;
  for (size_t i = 0; i < 5; ++i)
    for (int64_t seed = 0; seed < 3; ++seed) points.push_back({amounts[i], errors[i][seed], seed});
  std::ranges::reverse(points);  // the order means nothing
  const PowerLaw law = fit_power_law(points, Rng(1), kQuick);
  EXPECT_NEAR(law.floor.value, 0.12698011677921228, 1e-6);
  EXPECT_NEAR(law.scale.value, 0.09148458876732003, 1e-6);
  EXPECT_NEAR(law.exponent.value, 0.320430296081821, 1e-6);
  EXPECT_EQ(law.seeds, 3);
  EXPECT_EQ(law.amounts, 5);
}

TEST(PowerLaw, ANeighbouringCurveFitsNoBetter) {
  // An independent check of the minimum: squares of any nearby curve, one seed, equal weights.
  const std::vector<AmountError> points = once({0.52, 0.37, 0.36, 0.25, 0.26});
  const PowerLaw law = fit_power_law(points, Rng(1), kQuick);
  const auto squares = [&](const Truth& curve) {
    double sum = 0;
    for (const AmountError& point : points) {
      const double apart = point.error - curve.at(point.amount);
      sum += apart * apart;
    }
    return sum;
  };
  const Truth best{law.floor.value, law.scale.value, law.exponent.value};
  Rng rng(3);
  for (int i = 0; i < 2000; ++i) {
    const double step = std::pow(10, rng.uniform(-5, 0));
    const Truth other{std::max(0.0, best.floor + 0.1 * step * rng.normal()),
                      std::max(0.0, best.scale + 0.1 * step * rng.normal()),
                      std::max(0.0, best.exponent + step * rng.normal())};
    ASSERT_GE(squares(other), squares(best));
  }
}

TEST(PowerLaw, DoesNotDependOnTheUnitOfTheAmount) {
  std::vector<AmountError> points = simulate({}, 4, 0.01, 0.01, Rng(5));
  const PowerLaw shares = fit_power_law(points, Rng(1), kQuick);
  for (AmountError& point : points) point.amount *= 18000;
  const PowerLaw seconds = fit_power_law(points, Rng(1), kQuick);
  for (const auto& [one, other] : {std::pair(shares.exponent, seconds.exponent),
                                   {shares.floor, seconds.floor},
                                   {shares.at(0.5), seconds.at(9000)},
                                   {shares.at(20), seconds.at(360000)}}) {
    EXPECT_NEAR(one.value, other.value, 1e-9);
    EXPECT_NEAR(one.low, other.low, 1e-9);
    EXPECT_NEAR(one.high, other.high, 1e-9);
  }
  EXPECT_NEAR(seconds.scale.value, shares.scale.value * std::pow(18000, shares.exponent.value),
              1e-9);
  EXPECT_EQ(shares.chance, seconds.chance);
}

TEST(PowerLaw, IntervalsHoldTheTruthAsOftenAsTheySay) {
  const Truth truth;
  for (const double shared : {0.0, 0.01}) {
    constexpr int kWorlds = 200;
    int exponents = 0, within = 0, beyond = 0, wide = 0;
    for (int world = 0; world < kWorlds; ++world) {
      const Rng rng = Rng(7).stream(static_cast<uint64_t>(world));
      const PowerLaw law = fit_power_law(simulate(truth, 4, 0.004, shared, rng), rng.stream("fit"),
                                         {.resamples = 200});
      const auto holds = [](const Estimate& got, double value) {
        return got.low <= value && value <= got.high;
      };
      exponents += holds(law.exponent, truth.exponent);
      within += holds(law.at(0.05), truth.at(0.05));
      beyond += holds(law.at(10), truth.at(10));
      wide += law.at(10).high - law.at(10).low > 0.2;
    }
    // 95 % of 200 is 190, with a standard deviation of 3.1.
    for (const int held : {exponents, within, beyond}) {
      EXPECT_GE(held, 190 - 10) << shared;
      EXPECT_LE(held, 190 + 8) << shared;
    }
    EXPECT_LT(wide, kWorlds / 4) << shared;  // they say something
  }
}

TEST(PowerLaw, OfNoiseIsFlatButForAFewTimesInAHundred) {
  int found = 0;
  for (uint64_t world = 0; world < 200; ++world) {
    const Rng rng = Rng(11).stream(world);
    const PowerLaw law =
        fit_power_law(simulate({0.3, 0, 1}, 3, 0.02, 0.02, rng), rng.stream("fit"), kQuick);
    found += law.verdict == PowerLawVerdict::holds;
  }
  EXPECT_LE(found, 10 + 10);  // 5 % is 10, with a standard deviation of 3.1
  EXPECT_GE(found, 1);
}

TEST(PowerLaw, OfErrorsThatRiseIsAConstant) {
  const PowerLaw law = fit_power_law(once({0.1, 0.2, 0.3, 0.4, 0.5}), Rng(1), kQuick);
  EXPECT_EQ(law.verdict, PowerLawVerdict::flat);
  EXPECT_DOUBLE_EQ(law.at(10).value, 0.3);
  EXPECT_EQ(law.explained, 0);
  EXPECT_NE(law.sentence().find("does not fall"), std::string::npos);
  const PowerLaw equal = fit_power_law(once({0.2, 0.2, 0.2, 0.2}), Rng(1), kQuick);
  EXPECT_EQ(equal.verdict, PowerLawVerdict::flat);
}

TEST(PowerLaw, OfThreePointsOfOneSeedMayBeChance) {
  // Three numbers fall in one of six orders.
  const PowerLaw law = fit_power_law(once({0.5, 0.3, 0.2}), Rng(1));
  EXPECT_EQ(law.verdict, PowerLawVerdict::flat);
  EXPECT_NEAR(law.chance, 1.0 / 6, 0.03);
  EXPECT_TRUE(std::isnan(law.floor.low));
}

TEST(PowerLaw, TakesThreeAmounts) {
  const PowerLaw law = fit_power_law(once({0.5, 0.3}), Rng(1));
  EXPECT_EQ(law.verdict, PowerLawVerdict::too_few);
  EXPECT_THROW(law.at(1), DataError);
  EXPECT_EQ(law.sentence(),
            "How the error falls with the amount of unlabelled data cannot be said from 2 of them: "
            "it takes three.");
  EXPECT_EQ(Json(law)["verdict"], "too_few");
  EXPECT_FALSE(Json(law).contains("floor"));
}

TEST(PowerLaw, SaysWhatItFound) {
  const PowerLaw alone = fit_power_law(once({0.5, 0.4, 0.33, 0.3, 0.25}), Rng(1));
  ASSERT_EQ(alone.verdict, PowerLawVerdict::holds);
  EXPECT_EQ(alone.sentence().find(" to 0."), alone.sentence().rfind(" to 0."));  // no interval
  const PowerLaw law = fit_power_law(simulate({}, 5, 0.002, 0, Rng(2)), Rng(1));
  EXPECT_TRUE(
      law.sentence().starts_with("The error falls with the power 0.39 (0.38 to 0.41) of the amount "
                                 "of unlabelled data, towards 0.098 (0."))
      << law.sentence();
  EXPECT_NE(law.sentence().find("if that went on, ten times the most"), std::string::npos);
  const Json json = law;
  EXPECT_EQ(json["verdict"], "holds");
  EXPECT_EQ(json["exponent"]["low"], law.exponent.low);
  EXPECT_EQ(json["sentence"], law.sentence());
  EXPECT_LT(law.exponent.low, law.exponent.value);
  EXPECT_LT(law.exponent.value, law.exponent.high);
}

TEST(PowerLaw, PointsOfASeedAtAnAmountCountAsTheirMean) {
  std::vector<AmountError> points = simulate({}, 3, 0.01, 0, Rng(9));
  const PowerLaw whole = fit_power_law(points, Rng(1), kQuick);
  const AmountError first = points[0];
  points[0].error = first.error + 0.03;
  points.push_back({first.amount, first.error - 0.03, first.seed});
  const PowerLaw halves = fit_power_law(points, Rng(1), kQuick);
  EXPECT_NEAR(halves.exponent.value, whole.exponent.value, 1e-9);
  EXPECT_NEAR(halves.exponent.high, whole.exponent.high, 1e-9);
}

TEST(PowerLaw, FollowsFromTheRng) {
  const std::vector<AmountError> points = simulate({}, 3, 0.01, 0, Rng(9));
  EXPECT_EQ(Json(fit_power_law(points, Rng(1), kQuick)),
            Json(fit_power_law(points, Rng(1), kQuick)));
  EXPECT_NE(fit_power_law(points, Rng(1), kQuick).exponent.low,
            fit_power_law(points, Rng(2), kQuick).exponent.low);
}

TEST(PowerLaw, RefusesWhatIsNoError) {
  EXPECT_THROW(fit_power_law({}, Rng(1)), DataError);
  EXPECT_THROW(fit_power_law({{0, 0.1}}, Rng(1)), DataError);
  EXPECT_THROW(fit_power_law({{1, -0.1}}, Rng(1)), DataError);
  EXPECT_THROW(fit_power_law({{1, std::nan("")}}, Rng(1)), DataError);
  EXPECT_THROW(fit_power_law({{1, 0.1}}, Rng(1), {.resamples = 10}), ConfigError);
}

TEST(SeedMeans, DrawsSpreadLikeTheIntervalOfAMean) {
  const std::vector<double> scores{0.7, 0.8, 0.76};
  const SeedMeans means({{{0, scores[0]}, {1, scores[1]}, {2, scores[2]}}});
  ASSERT_TRUE(means.varies());
  EXPECT_DOUBLE_EQ(means.means()[0], spread(scores).mean);
  Rng rng(1);
  std::vector<double> drawn;
  for (int i = 0; i < 20000; ++i) drawn.push_back(means.draw(rng)[0]);
  std::ranges::sort(drawn);
  const double half = spread(scores).high - spread(scores).mean;
  EXPECT_NEAR(drawn[500], spread(scores).low, 0.04 * half);
  EXPECT_NEAR(drawn[19500], spread(scores).high, 0.04 * half);
}

TEST(SeedMeans, KeepWhatASeedDoesEverywhereTogether) {
  // The second place is the first one and a half: so is each draw. The third has other seeds.
  const SeedMeans means({{{0, 0.1}, {1, 0.4}, {5, 0.3}},
                         {{0, 0.6}, {1, 0.9}, {5, 0.8}},
                         {{7, 0.1}, {8, 0.4}, {9, 0.3}}});
  Rng rng(1);
  double together = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<double> drawn = means.draw(rng);
    ASSERT_NEAR(drawn[1] - drawn[0], 0.5, 1e-12);
    together += (drawn[0] - means.means()[0]) * (drawn[2] - means.means()[2]) / 1000;
  }
  EXPECT_LT(std::abs(together), 0.01);  // of a variance of 0.037
}

TEST(SeedMeans, OfOneSeedDoNotVary) {
  const SeedMeans means({{{0, 0.1}, {1, 0.2}}, {{0, 0.6}}});
  EXPECT_FALSE(means.varies());
  Rng rng(1);
  EXPECT_EQ(means.draw(rng), means.means());
  EXPECT_THROW(SeedMeans(std::vector<std::map<int64_t, double>>(1)), DataError);
}

}  // namespace
}  // namespace tacit
