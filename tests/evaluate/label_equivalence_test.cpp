// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/label_equivalence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/error.h"

namespace tacit {
namespace {

TEST(LabelEquivalence, IsExactOnALogarithmicCurve) {
  // score = log10(labels): the score 1.5 takes 10^1.5 labels.
  const LabelEquivalence got = label_equivalence({{1, 0}, {10, 1}, {100, 2}, {1000, 3}}, {2, 1.5});
  EXPECT_EQ(got.bound, FactorBound::exact);
  EXPECT_NEAR(got.labels, std::pow(10, 1.5), 1e-9);
  EXPECT_NEAR(got.factor, std::pow(10, 1.5) / 2, 1e-9);
}

TEST(LabelEquivalence, IsOneForTheSupervisedModelItself) {
  for (const CurvePoint& point : {CurvePoint{2, 0.4}, {8, 0.6}, {50, 0.7}}) {
    const LabelEquivalence got = label_equivalence({{2, 0.4}, {8, 0.6}, {50, 0.7}}, point);
    EXPECT_EQ(got.bound, FactorBound::exact);
    EXPECT_DOUBLE_EQ(got.factor, 1);
  }
}

TEST(LabelEquivalence, ADipDoesNotCount) {
  // The running maximum is 0.5, 0.5, 0.9: half of the way from 0.5 to 0.9 lies between 10 and 1000.
  const LabelEquivalence got = label_equivalence({{1, 0.5}, {10, 0.3}, {1000, 0.9}}, {1, 0.7});
  EXPECT_NEAR(got.factor, 100, 1e-9);
}

TEST(LabelEquivalence, APlateauAnswersWithItsFirstPoint) {
  EXPECT_DOUBLE_EQ(label_equivalence({{1, 0.5}, {10, 0.8}, {100, 0.8}}, {1, 0.8}).factor, 10);
}

TEST(LabelEquivalence, TheOrderOfPointsMeansNothing) {
  EXPECT_NEAR(label_equivalence({{100, 2}, {1, 0}, {10, 1}}, {2, 1.5}).labels, std::pow(10, 1.5),
              1e-9);
}

TEST(LabelEquivalence, BoundsWhatTheCurveDoesNotReach) {
  const LabelEquivalence got = label_equivalence({{2, 0.4}, {50, 0.7}}, {2, 0.8});
  EXPECT_EQ(got.bound, FactorBound::at_least);
  EXPECT_DOUBLE_EQ(got.factor, 25);
  EXPECT_EQ(got.print(), ">= 25");
  EXPECT_EQ(got.sentence(),
            "With 2 labels a class it scores more than supervised training with 50, the most that "
            "was tried: one label does the work of 25 or more.");
}

TEST(LabelEquivalence, BoundsWhatTheCurveStartsAbove) {
  const LabelEquivalence got = label_equivalence({{2, 0.4}, {50, 0.7}}, {5, 0.3});
  EXPECT_EQ(got.bound, FactorBound::below);
  EXPECT_EQ(got.print(), "< 0.40");
}

TEST(LabelEquivalence, RefusesBrokenCurves) {
  EXPECT_THROW(label_equivalence({}, {1, 0.5}), DataError);
  EXPECT_THROW(label_equivalence({{0, 0.5}}, {1, 0.5}), DataError);
  EXPECT_THROW(label_equivalence({{2, 0.5}, {2, 0.6}}, {1, 0.5}), DataError);
  EXPECT_THROW(label_equivalence({{2, std::numeric_limits<double>::quiet_NaN()}}, {1, 0.5}),
               DataError);
}

TEST(LabelEquivalence, SaysWhatLabelsAreCountedIn) {
  const LabelEquivalence got = label_equivalence({{20, 0.2}, {100, 0.6}}, {20, 0.6});
  EXPECT_EQ(got.sentence("labels"),
            "With 20 labels it scores what supervised training scores with 100: one label does the "
            "work of 5.0.");
}

}  // namespace
}  // namespace tacit
