// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"

namespace tacit {
namespace {

TEST(Table, CountsAMomentAsTwoCells) {
  EXPECT_EQ(row_width({{"x", ColumnKind::numeric}, {"t", ColumnKind::datetime}}), 3);
  EXPECT_EQ(row_width({}), 0);
}

TEST(Table, RefusesCellsAndLabelsThatDoNotFit) {
  const std::vector<TableColumn> columns{{"x", ColumnKind::numeric}, {"t", ColumnKind::datetime}};
  EXPECT_NO_THROW(Table(columns, at::zeros({2, 3}), {0, -1}, {"a"}));
  EXPECT_THROW(Table(columns, at::zeros({2, 2}), {0, -1}, {"a"}), ShapeError);
  EXPECT_THROW(Table(columns, at::zeros({2, 3}), {0}, {"a"}), ShapeError);
}

/// Five rows of three files, the second of them empty.
Table of_files(TableSources sources = {}) {
  sources.files = {{"a", 0}, {"b", 2}, {"c", 2}};
  return {{{"x", ColumnKind::numeric}},
          at::arange(5, at::kFloat).view({5, 1}),
          {0, 1, -1, 0, 1},
          {"no", "yes"},
          std::move(sources)};
}

TEST(Table, KnowsTheFileOfEachRow) {
  const Table table = of_files();
  std::string files;
  for (int64_t row = 0; row < 5; ++row) {
    const Origin origin = table.origin(row);
    files += origin.recording;
    EXPECT_EQ(origin.begin, row);
    EXPECT_EQ(origin.end, row + 1);
    EXPECT_TRUE(origin.subject.empty());
    for (int64_t other = 0; other < row; ++other)
      EXPECT_FALSE(origin.overlaps(table.origin(other)));
  }
  EXPECT_EQ(files, "aaccc");
  EXPECT_EQ(table.origin(1).piece, table.origin(0).piece);
  EXPECT_NE(table.origin(2).piece, table.origin(1).piece);
}

TEST(Table, KnowsTheGroupOfEachRow) {
  const Table table = of_files({.groups = {"ann", "bob"}, .group_of = {1, 0, 0, 1, 1}});
  EXPECT_EQ(table.origin(0).subject, "bob");
  EXPECT_EQ(table.origin(2).subject, "ann");
  EXPECT_EQ(table.origin(2).recording, "c");
  EXPECT_THROW(of_files({.groups = {"ann"}, .group_of = {0, 0}}), ShapeError);
}

TEST(Table, WithoutFilesHasRowsOfNone) {
  const Table table({{"x"}}, at::zeros({1, 1}), {-1}, {});
  EXPECT_TRUE(table.origin(0).recording.empty());
  EXPECT_TRUE(table.origin(0).subject.empty());
}

TEST(Table, ReadsRowsInTheOrderAskedFor) {
  const Batch batch = of_files().read(std::vector<int64_t>{4, 2, 2});
  EXPECT_TRUE(batch.x.flatten().equal(at::tensor({4.F, 2.F, 2.F})));
  EXPECT_TRUE(batch.y.equal(at::tensor({1, -1, -1}, at::kLong)));
  EXPECT_TRUE(batch.row.equal(at::tensor({4, 2, 2}, at::kLong)));
}

TEST(Table, OfNumbersHasNoClasses) {
  const Table table = Table::of_numbers({{"x"}}, at::zeros({2, 1}), {3.5F, -2});
  EXPECT_EQ(table.target(), Target::number);
  EXPECT_TRUE(table.classes().empty());
  EXPECT_EQ(table.number(1), -2);
  EXPECT_TRUE(table.read(std::vector<int64_t>{1, 0}).y.equal(at::tensor({-2.F, 3.5F})));
  EXPECT_EQ(of_files().target(), Target::category);
  EXPECT_THROW(Table::of_numbers({{"x"}}, at::zeros({2, 1}), {3.5F}), ShapeError);
}

}  // namespace
}  // namespace tacit
