// SPDX-License-Identifier: Apache-2.0
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/data/readers/rows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

template <class Builder, class Value>
std::shared_ptr<arrow::Array> array(const std::vector<Value>& values) {
  Builder builder;
  for (const Value& value : values) EXPECT_TRUE(builder.Append(value).ok());
  return builder.Finish().ValueOrDie();
}

std::string write(const TemporaryFolder& folder, const std::vector<std::string>& names,
                  const std::vector<std::shared_ptr<arrow::Array>>& columns, int64_t group_rows) {
  arrow::FieldVector fields;
  for (size_t i = 0; i < names.size(); ++i)
    fields.push_back(arrow::field(names[i], columns[i]->type()));
  const std::string file = (folder.path() / "a.parquet").string();
  const auto sink = arrow::io::FileOutputStream::Open(file).ValueOrDie();
  const auto written =
      parquet::arrow::WriteTable(*arrow::Table::Make(arrow::schema(fields), columns),
                                 arrow::default_memory_pool(), sink, group_rows);
  EXPECT_TRUE(written.ok()) << written.ToString();
  EXPECT_TRUE(sink->Close().ok());
  return file;
}

TEST(Parquet, IsReadInBoundedBlocks) {
  const TemporaryFolder folder;
  std::vector<double> values(300000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  const auto file = write(folder, {"x"}, {array<arrow::DoubleBuilder>(values)}, 100000);
  const auto stream = open_parquet(file, {{"x"}, {}});
  int64_t rows = 0, blocks = 0;
  while (const auto block = stream->next()) {
    EXPECT_EQ(block->first_row, rows + 1);
    EXPECT_LE(block->rows, kBlockRows);
    EXPECT_EQ(block->numbers[0].front(), static_cast<double>(rows));
    EXPECT_EQ(static_cast<int64_t>(block->numbers[0].size()), block->rows);
    rows += block->rows;
    ++blocks;
  }
  EXPECT_EQ(rows, 300000);
  EXPECT_GE(blocks, 5);
}

TEST(Parquet, ReadsNumbersTextsAndMissingValues) {
  const TemporaryFolder folder;
  arrow::FloatBuilder holes;
  ASSERT_TRUE(holes.Append(1.5F).ok() && holes.AppendNull().ok());
  arrow::StringDictionaryBuilder words;
  ASSERT_TRUE(words.Append("sit").ok() && words.AppendNull().ok());
  const auto file = write(folder, {"f", "w", "i", "s"},
                          {holes.Finish().ValueOrDie(), words.Finish().ValueOrDie(),
                           array<arrow::Int16Builder>(std::vector<int16_t>{-3, 12}),
                           array<arrow::StringBuilder>(std::vector<std::string>{"p", "q"})},
                          10);
  const auto block = open_parquet(file, {{"i", "f"}, {"s", "i", "w"}})->next();
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->numbers[0], (std::vector<double>{-3, 12}));
  EXPECT_EQ(block->numbers[1][0], 1.5);
  EXPECT_TRUE(std::isnan(block->numbers[1][1]));
  EXPECT_EQ(block->texts,
            (std::vector<std::vector<std::string>>{{"p", "q"}, {"-3", "12"}, {"sit", ""}}));
}

TEST(Parquet, RefusesOtherTypesByName) {
  const TemporaryFolder folder;
  const auto file = write(folder, {"b", "s"},
                          {array<arrow::BooleanBuilder>(std::vector<bool>{true}),
                           array<arrow::StringBuilder>(std::vector<std::string>{"1"})},
                          10);
  const auto said = [&](const Columns& columns) {
    return message<DataError>([&] { open_parquet(file, columns)->next(); });
  };
  EXPECT_NE(said({{"b"}, {}}).find("column \"b\" is of type bool"), std::string::npos);
  EXPECT_NE(said({{"s"}, {}}).find("column \"s\" is of type string"), std::string::npos);
  EXPECT_NE(message<ConfigError>([&] {
              open_parquet(file, {{"c"}, {}});
            }).find("available: b, s"),
            std::string::npos);
}

TEST(Parquet, ReadsTimestampsDatesAndWholeFloats) {
  const TemporaryFolder folder;
  arrow::TimestampBuilder ticks(arrow::timestamp(arrow::TimeUnit::MILLI),
                                arrow::default_memory_pool());
  ASSERT_TRUE(ticks.Append(1500).ok() && ticks.AppendNull().ok());
  const auto file =
      write(folder, {"t", "when", "id", "x"},
            {ticks.Finish().ValueOrDie(),
             array<arrow::StringBuilder>(std::vector<std::string>{"1970-01-01T00:00:02Z", ""}),
             array<arrow::DoubleBuilder>(std::vector<double>{7, NAN}),
             array<arrow::DoubleBuilder>(std::vector<double>{0.5, 1})},
            10);
  const auto block = open_parquet(file, {{"x"}, {"id"}, {"t", "when"}})->next();
  EXPECT_EQ(block->numbers[1][0], 1.5);
  EXPECT_TRUE(std::isnan(block->numbers[1][1]));
  EXPECT_EQ(block->numbers[2][0], 2);
  EXPECT_EQ(block->texts[0], (std::vector<std::string>{"7", ""}));
  EXPECT_THROW(open_parquet(file, {{}, {"x"}})->next(), DataError);
  EXPECT_THROW(open_parquet(file, {{}, {}, {"x"}})->next(), DataError);
  const auto columns = columns_in(file, {});
  ASSERT_EQ(columns.size(), 4);
  EXPECT_EQ(columns[0].kind, CellKind::instant);
  EXPECT_EQ(columns[1].kind, CellKind::text);
  EXPECT_EQ(columns[3].kind, CellKind::number);
}

TEST(Parquet, ReadsBooleansDatesAndDecimalsAndNamesWhatItCannot) {
  const TemporaryFolder folder;
  arrow::Decimal128Builder prices(arrow::decimal128(6, 2));
  ASSERT_TRUE(prices.Append(arrow::Decimal128(1250)).ok() && prices.AppendNull().ok());
  arrow::BooleanBuilder flags;
  ASSERT_TRUE(flags.Append(true).ok() && flags.AppendNull().ok());
  const auto file = write(folder, {"price", "flag", "day", "raw"},
                          {prices.Finish().ValueOrDie(), flags.Finish().ValueOrDie(),
                           array<arrow::Date32Builder>(std::vector<int32_t>{0, -1}),
                           array<arrow::BinaryBuilder>(std::vector<std::string>{"a", "b"})},
                          10);
  const auto block = open_parquet(file, {{"price"}, {"flag"}, {"day"}})->next();
  EXPECT_EQ(block->numbers[0][0], 12.5);
  EXPECT_TRUE(std::isnan(block->numbers[0][1]));
  EXPECT_EQ(block->numbers[1], (std::vector<double>{0, -86400}));
  EXPECT_EQ(block->texts[0], (std::vector<std::string>{"true", ""}));
  const auto columns = columns_in(file, {});
  EXPECT_EQ(columns[0].kind, CellKind::number);
  EXPECT_EQ(columns[1].kind, CellKind::text);
  EXPECT_EQ(columns[2].kind, CellKind::instant);
  EXPECT_EQ(columns[3].kind, CellKind::other);
  EXPECT_EQ(columns[3].type, "binary");
}

TEST(Parquet, NoticesThatItIsCutShortAnywhere) {
  const TemporaryFolder folder;
  const auto file = write(folder, {"x", "w"},
                          {array<arrow::DoubleBuilder>(std::vector<double>{1, 2, 3}),
                           array<arrow::StringBuilder>(std::vector<std::string>{"a", "b", "c"})},
                          2);
  const auto size = std::filesystem::file_size(file);
  for (auto kept = size - 1;; kept -= std::min<uintmax_t>(kept, 37)) {
    std::filesystem::resize_file(file, kept);
    const std::string said = message<DataError>([&] {
      const auto stream = open_parquet(file, {{"x"}, {"w"}});
      while (stream->next()) continue;
    });
    EXPECT_NE(said.find("a.parquet: cannot be read as Parquet"), std::string::npos)
        << kept << " of " << size << " bytes: " << said;
    EXPECT_EQ(said.find('\n'), std::string::npos) << said;
    if (kept == 0) break;
  }
}

}  // namespace
}  // namespace tacit
