// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/rows.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tacit/data/table_writer.h"
#include "tests/data/readers/packed.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(OpenRows, GoesByTheEnding) {
  const TemporaryFolder folder;
  const auto expect_read = [](const std::string& file, RowFormat format, const Dialect& dialect) {
    EXPECT_EQ(format_of(file), format) << file;
    const auto block = open_rows(file, {{"x"}, {"w"}}, dialect)->next();
    ASSERT_TRUE(block.has_value()) << file;
    EXPECT_EQ(block->numbers[0], std::vector<double>{1.5}) << file;
    EXPECT_EQ(block->texts[0], std::vector<std::string>{"a"}) << file;
    const auto columns = columns_in(file, dialect);
    ASSERT_EQ(columns.size(), 2u) << file;
    EXPECT_EQ(columns[0].name, "x") << file;
    EXPECT_EQ(columns[1].name, "w") << file;
  };
  const auto expect_both = [&](const std::string& name, const std::string& content,
                               RowFormat format, const Dialect& dialect) {
    expect_read(folder.write(name, content), format, dialect);
    expect_read(folder.write(name + ".gz", packed(content)), format, dialect);
  };
  const Dialect tabs{.delimiter = Delimiter::tab, .decimal = Decimal::comma};
  expect_both("a.csv", "x,w\n1.5,a\n", RowFormat::delimited, {});
  for (const char* name : {"a.tsv", "a.txt", "a.dat"})
    expect_both(name, "x\tw\n1,5\ta\n", RowFormat::delimited, tabs);
  for (const char* name : {"a.jsonl", "a.ndjson"})  // a dialect means nothing to them
    expect_both(name, "{\"x\": 1.5, \"w\": \"a\"}\n", RowFormat::json_lines, tabs);
  const auto parquet = create_table(folder.path() / "a.parquet");
  parquet->add({{"x", std::vector<double>{1.5}}, {"w", std::vector<std::string>{"a"}}});
  parquet->finish();
  expect_read((folder.path() / "a.parquet").string(), RowFormat::parquet, {});
}

TEST(OpenRows, RefusesOtherFiles) {
  const TemporaryFolder folder;
  for (const char* name : {"a.json", "a.gz", "a.parquet.gz", "a.csv.gz.gz", "a.csv.zip", "csv"}) {
    const std::string file = folder.write(name, "{}");
    EXPECT_NE(message<ConfigError>([&] { open_rows(file, {}); }).find(".jsonl and .ndjson"),
              std::string::npos)
        << name;
    EXPECT_THROW(columns_in(file, {}), ConfigError);
  }
  EXPECT_THROW(open_rows(folder.path() / "b.csv", {}), DataError);
  EXPECT_THROW(open_rows(folder.path(), {}), DataError);
}

}  // namespace
}  // namespace tacit
