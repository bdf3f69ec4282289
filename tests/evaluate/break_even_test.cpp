// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/break_even.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kQuick = 200;

/// Minutes, of labels that stand for 5 seconds each; hours of video, in seconds.
const AmountUnit kMinutes{.many = "labels", .one = "label", .seconds = 5};
const AmountUnit kVideo{.many = "video", .one = "", .seconds = 1};
const AmountUnit kCounts{};
const AmountUnit kRows{.many = "unlabelled rows", .one = "unlabelled row"};

/// Of two seeds that differ by `apart`.
std::vector<LabelScore> supervised(const std::vector<CurvePoint>& points, double apart = 0) {
  std::vector<LabelScore> scores;
  for (const CurvePoint& point : points) {
    scores.push_back({point.labels, point.score - apart / 2, 0});
    scores.push_back({point.labels, point.score + apart / 2, 1});
  }
  return scores;
}

std::vector<PretrainedScore> pretrained(double labels, double unlabelled, double score,
                                        double apart = 0) {
  return {{labels, unlabelled, score - apart / 2, 2}, {labels, unlabelled, score + apart / 2, 3}};
}

/// Minutes of labels, each of 12: 0.2 with 2, 0.4 with 10, 0.6 with 50, 0.8 with 250.
std::vector<LabelScore> minutes(double apart = 0) {
  return supervised({{24, 0.2}, {120, 0.4}, {600, 0.6}, {3000, 0.8}}, apart);
}

BreakEven one(const std::vector<LabelScore>& curve, const std::vector<PretrainedScore>& reached) {
  const std::vector<BreakEven> all = break_even(curve, reached, Rng(1), kQuick);
  EXPECT_EQ(all.size(), 1u);
  return all.at(0);
}

TEST(BreakEven, IsWhereSupervisedTrainingHasTheScore) {
  const BreakEven got = one(minutes(), pretrained(120, 18000, 0.5));
  EXPECT_EQ(got.needed.bound, FactorBound::exact);
  EXPECT_NEAR(got.needed.labels, std::sqrt(120 * 600), 1e-9);
  EXPECT_NEAR(got.low.labels, got.needed.labels, 1e-9);  // seeds that agree
  EXPECT_NEAR(got.high.labels, got.needed.labels, 1e-9);
  EXPECT_EQ(got.gain, Gain::gain);
}

TEST(BreakEven, IsFoundForEachPairOfAmounts) {
  std::vector<PretrainedScore> reached;
  for (const double labels : {600.0, 120.0})
    for (const double unlabelled : {0.5, 1.0, 0.1})
      reached.push_back({labels, unlabelled, 0.3 + 0.1 * unlabelled, 0});
  const std::vector<BreakEven> all = break_even(minutes(), reached, Rng(1), kQuick);
  ASSERT_EQ(all.size(), 6u);
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(all[i].labels, i < 3 ? 120 : 600);
    EXPECT_EQ(all[i].unlabelled, (std::vector{0.1, 0.5, 1.0})[i % 3]);
    const LabelEquivalence expected =
        label_equivalence({{24, 0.2}, {120, 0.4}, {600, 0.6}, {3000, 0.8}},
                          {all[i].labels, 0.3 + 0.1 * all[i].unlabelled});
    EXPECT_NEAR(all[i].needed.labels, expected.labels, 1e-9);
  }
}

TEST(BreakEven, IntervalsHoldTheTruthAsOftenAsTheySay) {
  // score = 0.1 log10(labels): 0.17 takes 50 labels. Once seeds are those of supervised training,
  // and share a draw of labels that is good or bad for all models; once they are others.
  for (const int64_t first : {0, 10}) {
    constexpr int kWorlds = 300;
    int held = 0, wide = 0;
    for (uint64_t world = 0; world < kWorlds; ++world) {
      Rng rng = Rng(3).stream(world);
      std::vector<LabelScore> curve;
      std::vector<PretrainedScore> reached;
      for (int64_t seed = 0; seed < 4; ++seed) {
        const double luck = rng.normal(0, 0.02);
        for (const double labels : {1.0, 10.0, 100.0, 1000.0})
          curve.push_back({labels, 0.1 * std::log10(labels) + luck + rng.normal(0, 0.005), seed});
        const double own = first == 0 ? luck : rng.normal(0, 0.02);
        reached.push_back({10, 1, 0.1 * std::log10(50) + own + rng.normal(0, 0.005), first + seed});
      }
      const BreakEven got = break_even(curve, reached, rng.stream("draws"), kQuick).at(0);
      held += !(got.low.bound == FactorBound::exact && got.low.labels > 50) &&
              !(got.high.bound == FactorBound::exact && got.high.labels < 50);
      wide += got.high.bound != FactorBound::exact || got.high.labels > 5 * got.low.labels;
    }
    // 95 % of 300 is 285, with a standard deviation of 3.8.
    EXPECT_GE(held, 285 - 12) << first;
    EXPECT_LE(held, 285 + 12) << first;
    // What seeds share says nothing where it is shared.
    if (first == 0) {
      EXPECT_LT(wide, kWorlds / 20);
    } else {
      EXPECT_GT(wide, kWorlds / 2);
    }
  }
}

TEST(BreakEven, SaysItInTime) {
  // 0.4 + 0.2 log5(x): 47 minutes of labels.
  const double score = 0.4 + 0.2 * std::log(4.7) / std::log(5);
  EXPECT_EQ(one(minutes(), pretrained(120, 18000, score)).sentence(kMinutes, kVideo),
            "With 10 minutes of labels, pre-training on 5 hours of video equals 47 minutes of "
            "labels (95 % interval: 47 minutes to 47 minutes).");
  const std::string wide =
      one(minutes(0.002), pretrained(120, 18000, score, 0.004)).sentence(kMinutes, kVideo);
  EXPECT_TRUE(
      wide.starts_with("With 10 minutes of labels, pre-training on 5 hours of video equals "
                       "47 minutes of labels (95 % interval: "))
      << wide;
  EXPECT_TRUE(wide.ends_with("36 minutes to 1 hour).")) << wide;
}

TEST(BreakEven, SaysItInCounts) {
  const auto curve = supervised({{1, 0.2}, {10, 0.4}, {100, 0.6}});
  EXPECT_EQ(one(curve, pretrained(1, 5000, 0.5)).sentence(kCounts, kRows),
            "With 1 label a class, pre-training on 5000 unlabelled rows equals 32 labels a class "
            "(95 % interval: 32 to 32).");
}

TEST(BreakEven, SaysWhenTheAnswerLiesBeyondWhatWasTried) {
  const BreakEven above = one(minutes(), pretrained(120, 18000, 0.9));
  EXPECT_EQ(above.needed.bound, FactorBound::at_least);
  EXPECT_EQ(above.gain, Gain::gain);
  EXPECT_EQ(above.sentence(kMinutes, kVideo),
            "With 10 minutes of labels, pre-training on 5 hours of video equals at least 4.2 hours "
            "of labels, the most that was tried without it (as the whole 95 % interval does).");
  const BreakEven below = one(minutes(), pretrained(120, 18000, 0.1));
  EXPECT_EQ(below.needed.bound, FactorBound::below);
  EXPECT_EQ(below.gain, Gain::loss);
  EXPECT_EQ(below.sentence(kMinutes, kVideo),
            "With 10 minutes of labels, pre-training on 5 hours of video equals less than 2 "
            "minutes of labels, the fewest that were tried without it (as the whole 95 % interval "
            "does): it does worse than the same labels alone.");
}

TEST(BreakEven, SaysWhenTheIntervalReachesBeyond) {
  const BreakEven high = one(minutes(0.001), pretrained(120, 18000, 0.79, 0.01));
  EXPECT_EQ(high.high.bound, FactorBound::at_least);
  EXPECT_NE(high.sentence(kMinutes, kVideo).find(" to more than 4.2 hours)."), std::string::npos);
  const BreakEven low = one(minutes(0.001), pretrained(120, 18000, 0.21, 0.01));
  EXPECT_EQ(low.low.bound, FactorBound::below);
  EXPECT_NE(low.sentence(kMinutes, kVideo).find("(95 % interval: less than 2 minutes to "),
            std::string::npos);
  EXPECT_EQ(low.gain, Gain::loss);
  BreakEven beyond = low;  // the mean is on the curve, draws of it are not
  beyond.low = beyond.high = {3000, FactorBound::at_least};
  EXPECT_NE(beyond.sentence(kMinutes, kVideo).find("(95 % interval: more than 4.2 hours)"),
            std::string::npos);
}

TEST(BreakEven, SaysWhenTheIntervalIncludesNoGain) {
  const BreakEven got = one(minutes(0.001), pretrained(120, 18000, 0.41, 0.02));
  EXPECT_GT(got.needed.labels, 120);
  EXPECT_LT(got.low.labels, 120);
  EXPECT_EQ(got.gain, Gain::open);
  EXPECT_TRUE(got.sentence(kMinutes, kVideo).ends_with("): the interval includes no gain."));
  // As good as supervised training to the last bit is no gain either.
  EXPECT_EQ(one(minutes(), pretrained(120, 18000, 0.4)).gain, Gain::open);
  EXPECT_EQ(one(minutes(), pretrained(120, 18000, 0.39)).gain, Gain::loss);
}

TEST(BreakEven, DoesNotCallAGainWhatWasNotMeasured) {
  // More labels than supervised training was given: what that would have reached nobody knows.
  EXPECT_EQ(one(minutes(), pretrained(4000, 18000, 0.9)).gain, Gain::open);
  EXPECT_EQ(one(minutes(), pretrained(3000, 18000, 0.9)).gain, Gain::gain);
  EXPECT_EQ(one(minutes(), pretrained(12, 18000, 0.1)).gain, Gain::open);
  EXPECT_EQ(one(minutes(), pretrained(24, 18000, 0.1)).gain, Gain::loss);
}

TEST(BreakEven, OfOneSeedHasNoInterval) {
  const BreakEven got = one(minutes(), {{120, 18000, 0.5, 0}});
  EXPECT_FALSE(got.has_interval);
  EXPECT_EQ(got.gain, Gain::open);
  EXPECT_EQ(got.sentence(kMinutes, kVideo),
            "With 10 minutes of labels, pre-training on 5 hours of video equals 22 minutes of "
            "labels. How sure that is cannot be said from one seed.");
  EXPECT_FALSE(Json(got).contains("low"));
}

TEST(BreakEven, IsWrittenAsJson) {
  const Json json = one(minutes(), pretrained(120, 18000, 0.9));
  EXPECT_EQ(json.dump(),
            R"({"labels":120.0,"unlabelled":18000.0,"needed":3000.0,"bound":"at_least",)"
            R"("gain":"gain","low":3000.0,"low_bound":"at_least","high":3000.0,)"
            R"("high_bound":"at_least"})");
}

TEST(BreakEven, ScoresOfASeedInOnePlaceCountAsTheirMean) {
  std::vector<LabelScore> curve = minutes(0.02);
  const BreakEven whole = one(curve, pretrained(120, 1, 0.5, 0.02));
  curve.push_back({curve[2].labels, curve[2].score - 0.1, curve[2].seed});
  curve[2].score += 0.1;
  const BreakEven halves = one(curve, pretrained(120, 1, 0.5, 0.02));
  EXPECT_NEAR(halves.needed.labels, whole.needed.labels, 1e-9);
  EXPECT_NEAR(halves.low.labels, whole.low.labels, 1e-9);
}

TEST(BreakEven, FollowsFromTheRng) {
  const auto low = [](uint64_t seed) {
    return break_even(minutes(0.02), pretrained(120, 1, 0.5, 0.02), Rng(seed), kQuick)
        .at(0)
        .low.labels;
  };
  EXPECT_EQ(low(1), low(1));
  EXPECT_NE(low(1), low(2));
}

TEST(BreakEven, RefusesBrokenScores) {
  EXPECT_THROW(break_even({}, pretrained(1, 1, 0.5), Rng(1)), DataError);
  EXPECT_THROW(break_even(minutes(), {}, Rng(1)), DataError);
  EXPECT_THROW(break_even(minutes(), pretrained(1, 0, 0.5), Rng(1)), DataError);
  EXPECT_THROW(break_even(minutes(), pretrained(0, 1, 0.5), Rng(1)), DataError);
  EXPECT_THROW(break_even(minutes(), pretrained(1, 1, std::nan("")), Rng(1)), DataError);
  EXPECT_THROW(break_even(minutes(), pretrained(1, 1, 0.5), Rng(1), 99), ConfigError);
}

TEST(AmountUnit, PrintsDurationsInTheUnitThatTheyFill) {
  const std::pair<double, const char*> expected[] = {
      {0, "0 seconds"},       {0.25, "0.25 seconds"},     {1, "1 second"},
      {45, "45 seconds"},     {59, "59 seconds"},         {59.8, "1 minute"},
      {60, "1 minute"},       {90, "1.5 minutes"},        {2820, "47 minutes"},
      {3590, "1 hour"},       {18000, "5 hours"},         {5400, "1.5 hours"},
      {86400, "24 hours"},    {172800, "2 days"},         {864000, "10 days"},
      {12345678, "143 days"}, {3600 * 1.234, "1.2 hours"}};
  for (const auto& [seconds, words] : expected) EXPECT_EQ(print_duration(seconds), words);
}

TEST(AmountUnit, PrintsOneAndMany) {
  EXPECT_EQ(kCounts.print(1), "1 label a class");
  EXPECT_EQ(kCounts.print(10), "10 labels a class");
  EXPECT_EQ(kCounts.print(1.5), "1.5 labels a class");
  EXPECT_EQ(kMinutes.print(12), "1 minute of labels");
  EXPECT_EQ(kVideo.print(18000), "5 hours of video");
}

}  // namespace
}  // namespace tacit
