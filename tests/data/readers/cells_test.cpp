// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/cells.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

TEST(Cells, HoldNumbersWholeOrNotAtAll) {
  EXPECT_EQ(number_in("-1.5e3", Decimal::point), -1500);
  EXPECT_EQ(number_in("+2", Decimal::point), 2);
  EXPECT_EQ(number_in("0,25", Decimal::comma), 0.25);
  EXPECT_EQ(number_in("7", Decimal::comma), 7);
  for (const char* const cell : {"", "1.5x", "1,5", "+-1", "--1", "1 2"})
    EXPECT_FALSE(number_in(cell, Decimal::point)) << cell;
  for (const char* const cell : {"1.5", "1,5,5", ",", "1.000,5"})
    EXPECT_FALSE(number_in(cell, Decimal::comma)) << cell;
}

TEST(Cells, HoldMomentsInUsualForms) {
  constexpr double kMay = 1714557600;  // 2024-05-01T10:00:00Z, by date(1)
  EXPECT_EQ(instant_in("2024-05-01T10:00:00Z"), kMay);
  EXPECT_EQ(instant_in("2024/05/01 10:00"), kMay);
  EXPECT_EQ(instant_in("2024-05-01 12:00:00+02:00"), kMay);
  EXPECT_EQ(instant_in("2024-05-01T05:30:00-0430"), kMay);
  EXPECT_EQ(instant_in("01.05.2024 10:00:00,25"), kMay + 0.25);
  EXPECT_EQ(instant_in("1969-12-31T23:59:59.5Z"), -0.5);
  EXPECT_EQ(instant_in("10:00:00.125"), 36000.125);
}

TEST(Cells, HoldNoMomentWhereItMayMeanTwo) {
  for (const char* const cell :
       {"", "2024-05-01", "05/01/2024 10:00:00", "2024-13-01T10:00:00", "2024-02-30T10:00", "10",
        "10:0", "25:00:00", "10:61", "2024-05-01T10:00:00 soon", "2024-05-01T10:00:00."})
    EXPECT_FALSE(instant_in(cell)) << cell;
}

TEST(Cells, HoldMidnightWhereADateStandsAlone) {
  EXPECT_EQ(moment_in("2024-05-01"), 1714521600);
  EXPECT_EQ(moment_in("01.05.2024"), 1714521600);
  EXPECT_EQ(moment_in("2024-05-01T10:00:00Z"), 1714557600);
  for (const char* const cell : {"", "05/01/2024", "2024-05", "2024-02-30", "2024-05-01 or so"})
    EXPECT_FALSE(moment_in(cell)) << cell;
}

TEST(Cells, AreMissingInManyWays) {
  for (const char* const cell : {"", "NaN", "nan", "NA", "n/a", "NULL", "None", "?", "-"})
    EXPECT_TRUE(is_missing(cell)) << cell;
  for (const char* const cell : {"0", "--", "no", "walk"}) EXPECT_FALSE(is_missing(cell)) << cell;
}

}  // namespace
}  // namespace tacit
