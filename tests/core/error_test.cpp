// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/error.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

TEST(Text, FillsItsHolesInOrder) {
  EXPECT_EQ(text("{} has {} rows, {}", "a.csv", 5, 0.5), "a.csv has 5 rows, 0.5");
  EXPECT_EQ(text("plain"), "plain");
}

TEST(Text, DoesNotLookForHolesInArguments) { EXPECT_EQ(text("{} {}", "{}", "b"), "{} b"); }

TEST(Text, KeepsHolesWithoutArgumentsAndDropsArgumentsWithoutHoles) {
  EXPECT_EQ(text("{} {}", 1), "1 {}");
  EXPECT_EQ(text("{}", 1, 2), "1");
}

TEST(Require, ThrowsTheKindAskedForOnlyWhenNotOk) {
  EXPECT_NO_THROW(require<DataError>(true, "x"));
  EXPECT_THROW(require<DataError>(false, "x"), DataError);
  try {
    require<ShapeError>(false, "a is {}", 3);
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "a is 3");
  }
}

TEST(Join, PutsTheSeparatorBetweenAllWords) {
  EXPECT_EQ(join({}), "");
  EXPECT_EQ(join({"a"}), "a");
  EXPECT_EQ(join({"a", "b", "c"}), "a, b, c");
  EXPECT_EQ(join({"", "b", ""}, "|"), "|b|");
}

TEST(UnknownName, SuggestsTheNearestAndListsAll) {
  EXPECT_EQ(
      unknown_name("method", "simlr", {"barlow_twins", "simclr", "byol"}),
      "unknown method \"simlr\"; did you mean \"simclr\"? available: barlow_twins, simclr, byol");
}

TEST(UnknownName, SuggestsNothingWhenNothingIsClose) {
  EXPECT_EQ(unknown_name("key", "colour", {"lr", "epochs"}),
            "unknown key \"colour\"; available: lr, epochs");
  EXPECT_EQ(unknown_name("key", "x", {"lr"}), "unknown key \"x\"; available: lr");
  EXPECT_EQ(unknown_name("key", "x", {}), "unknown key \"x\"; available: none");
}

}  // namespace
}  // namespace tacit
