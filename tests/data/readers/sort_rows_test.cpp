// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/sort_rows.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

std::unique_ptr<RowStream> sorted(const std::string& rows) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.csv", "who,x,t\n" + rows);
  return sort_rows(open_csv(file, {{"x", "t"}, {"who"}}), 1, file, "t");
}

TEST(SortRows, OrdersByRecordingThenTimeAndKeepsRowNumbers) {
  const auto stream = sorted("b,1,3\na,2,9\nb,3,1\na,4,2\nb,5,3\n");
  const auto block = stream->next();
  EXPECT_EQ(block->texts[0], (std::vector<std::string>{"b", "b", "b", "a", "a"}));
  EXPECT_EQ(block->numbers[0], (std::vector<double>{3, 1, 5, 4, 2}));
  EXPECT_EQ(block->moved_from, (std::vector<int64_t>{4, 2, 6, 5, 3}));
  EXPECT_EQ(block->number(1), 2);
  EXPECT_FALSE(stream->next());
}

TEST(SortRows, HandsOutBoundedBlocks) {
  std::string rows;
  for (int i = 100000; i > 0; --i) rows += "a,1," + std::to_string(i) + "\n";
  const auto stream = sorted(rows);
  double last = 0;
  int64_t count = 0;
  while (const auto block = stream->next()) {
    EXPECT_LE(block->rows, kBlockRows);
    for (const double time : block->numbers[1]) EXPECT_EQ(time, ++last);
    count += block->rows;
  }
  EXPECT_EQ(count, 100000);
}

TEST(SortRows, RefusesRowsWithoutTime) {
  EXPECT_NE(message<DataError>([] { sorted("a,1,2\na,1,\n")->next(); }).find("row 3, column \"t\""),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
