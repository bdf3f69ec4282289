// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

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

}  // namespace
}  // namespace tacit
