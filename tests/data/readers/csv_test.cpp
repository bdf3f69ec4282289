// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "tacit/core/error.h"
#include "tacit/data/readers/rows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(Csv, IsReadInBoundedBlocks) {
  const TemporaryFolder folder;
  std::string lines = "n,x,w\n";
  for (int i = 0; i < 200000; ++i) lines += std::to_string(i) + ", 0.5 ,walk\n";
  const auto stream = open_csv(folder.write("a.csv", lines), {{"n", "x"}, {"w"}});
  int64_t rows = 0, blocks = 0;
  while (const auto block = stream->next()) {
    EXPECT_EQ(block->first_row, rows + 2);
    EXPECT_LE(block->rows, kBlockRows);
    EXPECT_EQ(block->numbers[0].back(), static_cast<double>(rows + block->rows - 1));
    EXPECT_EQ(block->numbers[1].back(), 0.5);
    EXPECT_EQ(block->texts[0].back(), "walk");
    rows += block->rows;
    ++blocks;
  }
  EXPECT_EQ(rows, 200000);
  EXPECT_GE(blocks, 3);
}

TEST(Csv, TakesEmptyCellsAndNanAsMissing) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.csv", "x,w\n,a\nNaN,\nNA,b\n+2.5,c\n-1e-3,\"d, e\"\n");
  const auto block = open_csv(file, {{"x"}, {"w"}})->next();
  ASSERT_TRUE(block.has_value());
  for (const size_t row : {0, 1, 2}) EXPECT_TRUE(std::isnan(block->numbers[0][row]));
  EXPECT_EQ(block->numbers[0][3], 2.5);
  EXPECT_EQ(block->numbers[0][4], -0.001);
  EXPECT_EQ(block->texts[0], (std::vector<std::string>{"a", "", "b", "c", "d, e"}));
}

TEST(Csv, IsReadInEveryDialect) {
  const TemporaryFolder folder;
  const auto values = [&](const std::string& content, const Dialect& dialect) {
    const auto stream = open_csv(folder.write("a.csv", content), {{"x"}, {"w"}}, dialect);
    const auto block = stream->next();
    return std::tuple(block->numbers[0], block->texts[0], block->first_row);
  };
  const auto wanted = [](int64_t first) {
    return std::tuple(std::vector<double>{0.5, 2}, std::vector<std::string>{"a b", "c"}, first);
  };
  EXPECT_EQ(values("\xEF\xBB\xBFx;w\r\n0,5;a b\r\n2;c\r\n", {Delimiter::semicolon, Decimal::comma}),
            wanted(2));
  EXPECT_EQ(
      values("made by\n\n w |x\na b|0.5\nc| 2\n", {.delimiter = Delimiter::pipe, .skip_lines = 2}),
      wanted(4));
  EXPECT_EQ(
      values("  0.5   \"a b\"  \n2 \t c\n", {.delimiter = Delimiter::space, .columns = {"x", "w"}}),
      wanted(1));
  EXPECT_EQ(values("0.5\ta b\n2\tc\n", {.delimiter = Delimiter::tab, .columns = {"x", "w"}}),
            wanted(1));
}

TEST(Csv, CountsRowsAsPeopleDo) {
  const TemporaryFolder folder;
  const auto said = [&](const std::string& content, const Dialect& dialect) {
    return message<DataError>([&] {
      const auto stream = open_csv(folder.write("a.csv", content), {{"x"}, {}}, dialect);
      while (stream->next()) continue;
    });
  };
  EXPECT_NE(said("# one\n# two\nx,w\n1,2\n3\n", {.skip_lines = 2}).find("row 5 has 1 cells"),
            std::string::npos);
  EXPECT_NE(said("1,2\nz,2\n", {.columns = {"x", "w"}}).find("row 2, column \"x\""),
            std::string::npos);
  EXPECT_NE(said("1,2\n1,2,3\n", {.columns = {"x", "w"}}).find("data.columns has 2"),
            std::string::npos);
  EXPECT_NE(said("x,w\n\xE9,1\n", {}).find("no UTF-8"), std::string::npos)
      << said("x,w\n\xE9,1\n", {});
}

TEST(Csv, ReadsCellsOfSeveralLinesInFilesOfSeveralBlocks) {
  const TemporaryFolder folder;
  constexpr int64_t kRows = 60000;  // some blocks of a megabyte end within a cell
  std::string lines = "x,w\n";
  for (int64_t row = 0; row < kRows; ++row)
    lines += std::to_string(row) + ",\"first, line\nthe second line of it\nthird\"\n";
  ASSERT_GT(lines.size(), size_t{2} << 20);
  const auto stream = open_csv(folder.write("a.csv", lines), {{"x"}, {"w"}});
  int64_t rows = 0;
  while (const auto block = stream->next()) {
    EXPECT_EQ(block->numbers[0].front(), static_cast<double>(rows));
    EXPECT_EQ(block->texts[0].back(), "first, line\nthe second line of it\nthird");
    rows += block->rows;
  }
  EXPECT_EQ(rows, kRows);
}

TEST(Csv, NeverTakesAnUnclosedQuoteForTheRestOfTheFile) {
  const TemporaryFolder folder;
  const auto said = [&](const std::string& content) {
    return message<DataError>([&] {
      const auto stream = open_csv(folder.write("a.csv", content), {{"x"}, {}});
      while (stream->next()) continue;
    });
  };
  const auto has = [](const std::string& words, const char* part) {
    return words.find(part) != std::string::npos;
  };
  EXPECT_PRED2(has, said("x,w\n1,a\n2,\"b\n3,c\n4,d\n"), "row 3 opens a quote");
  EXPECT_PRED2(has, said("x,w,v\n1,a,b\n2,\"b,c\n3,c,d\n"), "row 3 has 2 cells");
  EXPECT_PRED2(has, said("x,w,v\n1,a,b\n2,\"b,c\n3,c,d\n"), "a quote in it is not closed");
  std::string lines = "x,w\n";
  for (int row = 0; row < 400000; ++row)
    lines += std::to_string(row) + (row == 200000 ? ",\"a\n" : ",a\n");
  const std::string words = said(lines);
  EXPECT_PRED2(has, words, "longer than a megabyte");
  EXPECT_PRED2(has, words, "a quote (\") not closed");
}

TEST(Csv, SaysWhatIsWrongWithAHeading) {
  const TemporaryFolder folder;
  const auto said = [&](const std::string& content) {
    return message<DataError>([&] {
      const auto stream = open_csv(folder.write("a.csv", content), {{"x"}, {}});
      while (stream->next()) continue;
    });
  };
  const auto has = [](const std::string& words, const char* part) {
    return words.find(part) != std::string::npos;
  };
  EXPECT_PRED2(has, said("x,w, x\n1,2,3\n"), "2 columns are called \"x\"");
  EXPECT_EQ(said("x,w,w\n1,2,3\n"), "");  // nobody asked for w
  EXPECT_PRED2(has, said(std::string("\xFF\xFEx\0,\0w\0\n\0", 10)), "no UTF-8");
  EXPECT_PRED2(has, said("x,gr\xF6\xDF\x65\n1,2\n"), "no UTF-8");
  EXPECT_PRED2(has, said(""), "the file is empty");
  EXPECT_PRED2(has, said("\n\n\n"), "the file is empty");
  EXPECT_EQ(said("\xEF\xBB\xBF\"x\",\"w\"\n1,2\n"), "");
}

}  // namespace
}  // namespace tacit
