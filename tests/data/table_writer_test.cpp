// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table_writer.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/data/readers/rows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

const std::vector<Column> kRows{{"n", std::vector<int64_t>{1, -2}},
                                {"x", std::vector<double>{0.1, 1e300}},
                                {"f", std::vector<float>{0.1f, -3}},
                                {"who", std::vector<std::string>{"a, \"b\"", ""}}};

TEST(TableWriter, QuotesCsvCellsAndWritesNumbersThatReadBack) {
  const TemporaryFolder folder;
  const auto table = create_table(folder.path() / "t.csv");
  table->add(kRows);
  table->add(kRows);
  table->finish();
  const std::string rows = "1,0.1,0.1,\"a, \"\"b\"\"\"\n-2,1e+300,-3,\n";
  EXPECT_EQ(read_file(folder.path() / "t.csv"), "n,x,f,who\n" + rows + rows);
}

TEST(TableWriter, WritesParquetThatReadsBack) {
  const TemporaryFolder folder;
  const auto table = create_table(folder.path() / "t.parquet");
  table->add(kRows);
  table->add(kRows);
  table->finish();
  const auto rows = open_rows(folder.path() / "t.parquet", {{"n", "x", "f"}, {"who"}});
  std::vector<std::vector<double>> numbers(3);
  std::vector<std::string> who;
  while (const auto block = rows->next()) {
    for (size_t c = 0; c < 3; ++c)
      numbers[c].insert(numbers[c].end(), block->numbers[c].begin(), block->numbers[c].end());
    who.insert(who.end(), block->texts[0].begin(), block->texts[0].end());
  }
  EXPECT_EQ(numbers[0], (std::vector<double>{1, -2, 1, -2}));
  EXPECT_EQ(numbers[1], (std::vector<double>{0.1, 1e300, 0.1, 1e300}));
  EXPECT_EQ(numbers[2], (std::vector<double>{0.1f, -3, 0.1f, -3}));
  EXPECT_EQ(who, (std::vector<std::string>{"a, \"b\"", "", "a, \"b\"", ""}));
}

TEST(TableWriter, WritesNothingBeforeFinishAndRefusesOtherEndings) {
  const TemporaryFolder folder;
  create_table(folder.path() / "t.csv")->add(kRows);
  create_table(folder.path() / "t.parquet")->add(kRows);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_NE(message<ConfigError>([&] { create_table("t.xls"); }).find(".csv"), std::string::npos);
}

}  // namespace
}  // namespace tacit
