// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/column_kinds.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <functional>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

using Cell = std::function<std::string(int)>;

/// A table of one column beside a number.
ColumnGuess guess(const std::string& name, const Cell& cell, int rows = 200) {
  const TemporaryFolder folder;
  std::string out = "x," + name + "\n";
  for (int row = 0; row < rows; ++row) out += std::to_string(row * 0.37) + "," + cell(row) + "\n";
  const auto files = data_files(folder.write("a.csv", out), "");
  return guess_kinds(files, {}).column(name);
}

bool says(const ColumnGuess& column, const std::string& part) {
  return column.reason.find(part) != std::string::npos;
}

std::string letters(int row, int different) { return std::string(1, 'a' + row % different); }

TEST(ColumnKinds, TellNumbersByHowTheyVary) {
  const ColumnGuess age = guess("age", [](int row) { return std::to_string(row * 7 % 60); });
  EXPECT_EQ(age.kind, ColumnKind::numeric);
  EXPECT_EQ(age.distinct, 60);
  EXPECT_TRUE(age.whole);
  EXPECT_PRED2(says, age, "whole numbers 0 … 59, 60 different");
  EXPECT_PRED2(says, guess("size", [](int row) { return std::to_string(row % 5); }), "ordinal");
  const ColumnGuess flag = guess("flag", [](int row) { return std::to_string(row % 2); });
  EXPECT_EQ(flag.kind, ColumnKind::numeric);
  EXPECT_PRED2(says, flag, "binary: 0 or 1");
  const ColumnGuess sex = guess("sex", [](int row) { return std::to_string(1 + row % 2); });
  EXPECT_EQ(sex.kind, ColumnKind::categorical);
  EXPECT_PRED2(says, sex, "binary: 1 or 2");
  const ColumnGuess zip = guess("zip", [](int row) { return "0" + std::to_string(row % 30); });
  EXPECT_EQ(zip.kind, ColumnKind::categorical);
  EXPECT_PRED2(says, zip, "codes by the column's name");
  EXPECT_EQ(guess("y", [](int row) { return std::to_string(row * 0.1); }).kind,
            ColumnKind::numeric);
}

TEST(ColumnKinds, CountMissingWordsAsNoNumber) {
  const ColumnGuess paid = guess("paid", [](int row) {
    static const std::vector<std::string> words{"?", "NA", "-", "", "null"};
    return row < 5 ? words[static_cast<size_t>(row)] : std::to_string(row * 3 % 70);
  });
  EXPECT_EQ(paid.kind, ColumnKind::numeric);
  EXPECT_EQ(paid.filled, 195);
  EXPECT_EQ(paid.distinct, 70);
  EXPECT_PRED2(says, paid, "5 of 200 cells missing");
  const ColumnGuess job = guess("job", [](int row) { return row < 5 ? "-" : letters(row, 4); });
  EXPECT_EQ(job.kind, ColumnKind::categorical);
  EXPECT_PRED2(says, job, "\"-\" counts as one");
}

TEST(ColumnKinds, NameTheFirstCellThatDoesNotFit) {
  const auto rounded = [](int row) { return row == 5 ? ">80" : std::to_string(row % 9); };
  const ColumnGuess few = guess("age", rounded);
  EXPECT_EQ(few.kind, ColumnKind::categorical);
  EXPECT_TRUE(few.doubtful);
  EXPECT_PRED2(says, few, "numbers, but \">80\" in row 7 of a.csv");
  const ColumnGuess many =
      guess("age", [](int row) { return row == 5 ? "inf" : std::to_string(row * 0.3); });
  EXPECT_FALSE(many.kind);
  EXPECT_TRUE(many.doubtful);
  EXPECT_PRED2(says, many, "\"inf\" in row 7 of a.csv");
}

TEST(ColumnKinds, TellTextsByWhetherTheyRepeat) {
  const ColumnGuess job = guess("job", [](int row) { return letters(row, 4); });
  EXPECT_EQ(job.kind, ColumnKind::categorical);
  EXPECT_PRED2(says, job, "texts, 4 different, as \"a\", \"b\", \"c\"");
  EXPECT_PRED2(says, guess("sex", [](int row) { return letters(row, 2); }),
               "binary: \"a\" or \"b\"");
  const ColumnGuess when =
      guess("when", [](int row) { return "2024-05-" + std::to_string(10 + row % 20); });
  EXPECT_EQ(when.kind, ColumnKind::datetime);
  EXPECT_EQ(
      guess("when", [](int row) { return "2024-05-01 10:" + std::to_string(10 + row % 40); }).kind,
      ColumnKind::datetime);
  EXPECT_EQ(guess("note", [](int row) { return row % 3 == 0 ? "seen" : ""; }).kind,
            ColumnKind::categorical);
}

TEST(ColumnKinds, LeaveOutWhatTeachesNothing) {
  const auto left = [](const std::string& name, const Cell& cell, const std::string& why) {
    const ColumnGuess column = guess(name, cell);
    EXPECT_FALSE(column.kind) << name;
    EXPECT_PRED2(says, column, why);
  };
  left(
      "n", [](int row) { return std::to_string(row + 1000); }, "it counts rows");
  left(
      "user_id", [](int row) { return std::to_string(row * 7919 % 100003); }, "by its name");
  left(
      "who", [](int row) { return "Ann " + std::to_string(row); }, "an identifier");
  left(
      "text", [](int row) { return std::string(60, 'w') + std::to_string(row); }, "free text");
  left(
      "one", [](int) { return "1"; }, "constant: every value is \"1\"");
  left(
      "none", [](int row) { return row % 2 == 0 ? "" : "NA"; }, "empty");
}

TEST(ColumnKinds, LeaveOutColumnsThatShareAName) {
  const TemporaryFolder folder;
  std::string out = "age,age,job\n";
  for (int row = 0; row < 200; ++row)
    out +=
        std::to_string(row * 7 % 60) + "," + std::to_string(row % 9) + "," + letters(row, 4) + "\n";
  const ColumnKinds kinds = guess_kinds(data_files(folder.write("a.csv", out), ""), {});
  ASSERT_EQ(kinds.columns.size(), 3u);
  for (const size_t i : {0, 1}) {
    EXPECT_FALSE(kinds.columns[i].kind);
    EXPECT_PRED2(says, kinds.columns[i], "several columns are called so");
  }
  EXPECT_EQ(kinds.column("job").kind, ColumnKind::categorical);
}

TEST(ColumnKinds, KnowACounterThatStartsAgainInEachFile) {
  const TemporaryFolder folder;
  const auto rows = [](int count) {
    std::string out = "n,hour\n";
    for (int row = 0; row < count; ++row)
      out += std::to_string(row) + "," + std::to_string(row % 24) + "\n";
    return out;
  };
  folder.write("test.csv", rows(100));
  folder.write("train.csv", rows(300));
  const ColumnKinds kinds = guess_kinds(data_files(folder.path(), ""), {});
  EXPECT_PRED2(says, kinds.column("n"), "it counts rows");
  EXPECT_EQ(kinds.column("hour").kind, ColumnKind::numeric);
}

TEST(ColumnKinds, LookAtABoundedFirstPart) {
  const auto letter = [](int row) { return row < 200'000 ? letters(row, 4) : "z"; };
  EXPECT_EQ(guess("job", letter, 210'000).distinct, 4);
}

TEST(ColumnKinds, UnderstandOrNameEveryTypeOfParquet) {
  const TemporaryFolder folder;
  arrow::BooleanBuilder flags;
  arrow::DoubleBuilder sizes;
  arrow::ListBuilder lists(arrow::default_memory_pool(), std::make_shared<arrow::Int32Builder>());
  for (int row = 0; row < 40; ++row)
    ASSERT_TRUE(flags.Append(row % 3 == 0).ok() && sizes.Append(row * 0.5).ok() &&
                lists.Append().ok());
  const std::vector<std::shared_ptr<arrow::Array>> columns{
      flags.Finish().ValueOrDie(), sizes.Finish().ValueOrDie(), lists.Finish().ValueOrDie()};
  const auto schema = arrow::schema({arrow::field("flag", columns[0]->type()),
                                     arrow::field("size", columns[1]->type()),
                                     arrow::field("list", columns[2]->type())});
  const std::string file = (folder.path() / "a.parquet").string();
  const auto sink = arrow::io::FileOutputStream::Open(file).ValueOrDie();
  ASSERT_TRUE(parquet::arrow::WriteTable(*arrow::Table::Make(schema, columns),
                                         arrow::default_memory_pool(), sink, 100)
                  .ok());
  ASSERT_TRUE(sink->Close().ok());
  const ColumnKinds kinds = guess_kinds(data_files(file, ""), {});
  EXPECT_EQ(kinds.rows, 40);
  EXPECT_TRUE(kinds.all_rows);
  EXPECT_EQ(kinds.column("flag").kind, ColumnKind::categorical);
  EXPECT_EQ(kinds.column("size").kind, ColumnKind::numeric);
  EXPECT_FALSE(kinds.column("list").kind);
  EXPECT_PRED2(says, kinds.column("list"), "of type list<");
  EXPECT_THROW(kinds.column("lists"), ConfigError);
}

}  // namespace
}  // namespace tacit
