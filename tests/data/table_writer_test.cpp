// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table_writer.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

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

TEST(TableWriter, WritesAJsonObjectForEachRow) {
  const TemporaryFolder folder;
  const auto table = create_table(folder.path() / "t.jsonl");
  table->add(kRows);
  table->add({{"n", std::vector<int64_t>{3}},
              {"x", std::vector<double>{std::nan("")}},
              {"f", std::vector<float>{-std::numeric_limits<float>::infinity()}},
              {"who", std::vector<std::string>{"\xC3\xA9\n"}}});
  table->finish();
  EXPECT_EQ(read_file(folder.path() / "t.jsonl"),
            "{\"n\": 1, \"x\": 0.1, \"f\": 0.1, \"who\": \"a, \\\"b\\\"\"}\n"
            "{\"n\": -2, \"x\": 1e+300, \"f\": -3, \"who\": null}\n"
            "{\"n\": 3, \"x\": null, \"f\": \"-inf\", \"who\": \"\xC3\xA9\\n\"}\n");
}

TEST(TableWriter, WritesJsonThatReadsBackToTheSameBits) {
  const TemporaryFolder folder;
  using Limits = std::numeric_limits<double>;
  using Floats = std::numeric_limits<float>;
  std::vector<double> x{0.0,
                        -0.0,
                        0.1,
                        1.0 / 3,
                        1e5,
                        Limits::max(),
                        Limits::min(),
                        Limits::denorm_min(),
                        Limits::infinity(),
                        -Limits::infinity(),
                        -1e-17};
  std::vector<float> f{0.F,
                       -0.F,
                       0.1F,
                       1.F / 3,
                       1e5F,
                       Floats::max(),
                       Floats::min(),
                       Floats::denorm_min(),
                       Floats::infinity(),
                       -Floats::infinity(),
                       -1e-17F};
  std::mt19937_64 random(7);
  while (x.size() < 5000) {
    const auto bits = random();
    const auto each = std::bit_cast<double>(bits);
    const auto narrow = std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (!std::isfinite(each) || !std::isfinite(narrow)) continue;
    x.push_back(each);
    f.push_back(narrow);
  }
  std::vector<int64_t> n(x.size(), (int64_t{1} << 53) - 1);
  n[0] = std::numeric_limits<int64_t>::min();
  std::vector<std::string> who(x.size(), "\"\\\x01\x7F{},:\xF0\x9F\x98\x80");
  who[1] = "";
  const auto table = create_table(folder.path() / "t.ndjson");
  table->add({{"n", n}, {"x", x}, {"f", f}, {"a \"key\"", who}});
  table->finish();
  const auto block =
      open_rows(folder.path() / "t.ndjson", {{"n", "x", "f"}, {"a \"key\"", "n"}})->next();
  ASSERT_TRUE(block.has_value());
  ASSERT_EQ(block->rows, 5000);
  EXPECT_EQ(block->texts[0], who);
  for (size_t row = 0; row < x.size(); ++row) {
    EXPECT_EQ(block->numbers[0][row], static_cast<double>(n[row]));
    EXPECT_EQ(std::bit_cast<uint64_t>(block->numbers[1][row]), std::bit_cast<uint64_t>(x[row]));
    EXPECT_EQ(std::bit_cast<uint32_t>(static_cast<float>(block->numbers[2][row])),
              std::bit_cast<uint32_t>(f[row]));
    EXPECT_EQ(block->texts[1][row], std::to_string(n[row]));
  }
}

TEST(TableWriter, RefusesWhatJsonCannotSay) {
  const TemporaryFolder folder;
  const auto said = [&](const std::vector<Column>& rows) {
    return message<StateError>([&] { create_table(folder.path() / "t.jsonl")->add(rows); });
  };
  EXPECT_NE(said({{"who", std::vector<std::string>{"\xE9"}}}).find("UTF-8"), std::string::npos);
  EXPECT_NE(said({{"\xE9", std::vector<double>{1}}}).find("UTF-8"), std::string::npos);
  EXPECT_NE(said({{"x", std::vector<double>{1}}, {"x", std::vector<double>{2}}}).find("\"x\""),
            std::string::npos);
}

TEST(TableWriter, WritesNothingBeforeFinishAndRefusesOtherEndings) {
  const TemporaryFolder folder;
  create_table(folder.path() / "t.csv")->add(kRows);
  create_table(folder.path() / "t.parquet")->add(kRows);
  create_table(folder.path() / "t.jsonl")->add(kRows);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  for (const char* const name : {"t.xls", "t.json", "t.jsonl.gz"})
    EXPECT_NE(message<ConfigError>([&] { create_table(name); }).find(".csv, .parquet, .jsonl"),
              std::string::npos)
        << name;
}

}  // namespace
}  // namespace tacit
