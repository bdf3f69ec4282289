// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/dialect.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

Dialect guessed(const std::string& content) {
  const TemporaryFolder folder;
  return guess_dialect(folder.write("a.csv", content));
}

TEST(Dialect, IsGuessedFromTheLines) {
  EXPECT_EQ(guessed("t,x\n0.1,2\n0.2,3\n"), Dialect{});
  EXPECT_EQ(guessed("t;x\n0,1;2\n0,2;3\n"), (Dialect{Delimiter::semicolon, Decimal::comma}));
  EXPECT_EQ(guessed("t|x\n0.1|2\n"), (Dialect{Delimiter::pipe}));
  EXPECT_EQ(guessed("t\tx y\n0.1\t2\n"), (Dialect{Delimiter::tab}));
  EXPECT_EQ(guessed(" t   x\n 0.1   2  \n10.2  3\n"), (Dialect{Delimiter::space}));
  EXPECT_EQ(guessed("when,x\n2024-05-01 10:00:00,1\n"), Dialect{});
}

TEST(Dialect, SkipsWhatStandsAboveTheHeading) {
  EXPECT_EQ(guessed("# made by, me\n\nt,x\n0.1,2\n0.2,3\n").skip_lines, 2);
  EXPECT_EQ(guessed("Title;\n;\nt;x\n0,1;2\n0,5;2\n").skip_lines, 2);
}

TEST(Dialect, NamesColumnsWhereNoHeadingDoes) {
  EXPECT_EQ(guessed("0.1,2,walk\n0.2,3,walk\n").columns,
            (std::vector<std::string>{"c1", "c2", "c3"}));
  const Dialect commented = guessed("% t x\n0.1 2\n0.2 3\n");
  EXPECT_EQ(commented.columns, (std::vector<std::string>{"t", "x"}));
  EXPECT_EQ(commented.skip_lines, 1);
}

TEST(Dialect, ReadsOneNumberALine) {
  std::string numbers;
  for (int i = 0; i < 30; ++i) numbers += "-1." + std::to_string(i) + "\n";
  EXPECT_EQ(guessed(numbers).columns, std::vector<std::string>{"c1"});
  EXPECT_EQ(guessed("# mV\necg\n" + numbers), (Dialect{.skip_lines = 1}));
}

TEST(Dialect, CutsLinesAsTheReaderDoes) {
  EXPECT_EQ(split_cells(R"("a, b", c ,)", Delimiter::comma),
            (std::vector<std::string>{"a, b", "c", ""}));
  EXPECT_EQ(split_cells("  1 \t 2  ", Delimiter::space), (std::vector<std::string>{"1", "2"}));
}

}  // namespace
}  // namespace tacit
