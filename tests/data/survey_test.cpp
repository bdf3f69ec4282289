// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/survey.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(Survey, ProfilesEveryColumn) {
  const TemporaryFolder folder;
  std::string rows = "n;who;x;when\n";
  for (int i = 0; i < 40; ++i)
    rows += std::to_string(i) + ";" + (i < 20 ? "ann" : "bob") + ";" +
            (i % 4 == 0 ? "" : std::to_string(i % 3) + ",5") +
            ";2024-05-01 10:00:" + std::to_string(10 + i) + "\n";
  const Survey seen = survey(folder.write("a.csv", rows), "");
  EXPECT_EQ(seen.rows, 40);
  EXPECT_EQ(seen.text.decimal, Decimal::comma);
  EXPECT_TRUE(seen.column("n").is_counter());
  EXPECT_TRUE(seen.column("who").is_group());
  EXPECT_EQ(seen.column("who").changes, 1);
  const ColumnProfile& x = seen.column("x");
  EXPECT_TRUE(x.is_number());
  EXPECT_FALSE(x.whole);
  EXPECT_EQ(x.missing, 10);
  EXPECT_EQ(x.highest, 2.5);
  EXPECT_TRUE(seen.column("when").is_instant());
  EXPECT_TRUE(seen.column("when").is_clock());
  EXPECT_THROW(seen.column("whom"), ConfigError);
}

TEST(Survey, RefusesFilesThatAreNotAlike) {
  const TemporaryFolder folder;
  folder.write("a.csv", "t,x\n1,2\n");
  folder.write("b.csv", "t,y\n1,2\n");
  EXPECT_NE(
      message<DataError>([&] { survey(folder.path(), ""); }).find("b.csv has the columns t, y"),
      std::string::npos);
  EXPECT_EQ(survey(folder.path(), "a").files.size(), 1);
}

TEST(Survey, LeavesOutColumnsThatShareAName) {
  const TemporaryFolder folder;
  const Survey seen = survey(folder.write("a.csv", "t,x,x\n1,2,3\n2,3,4\n"), "");
  EXPECT_EQ(seen.columns.size(), 1u);
  EXPECT_THROW(seen.column("x"), ConfigError);
}

}  // namespace
}  // namespace tacit
