// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table_overview.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tacit {
namespace {

const double kNan = std::nan("");

Table shop() {
  return {{{"price", ColumnKind::numeric},
           {"kind", ColumnKind::categorical, {"pen", "ink", "pad"}},
           {"sold", ColumnKind::datetime},
           {"empty", ColumnKind::numeric}},
          at::tensor(std::vector<double>{1,    0,    10,   5,    kNan,  //
                                         2,    1,    12,   0,    kNan,  //
                                         kNan, 1,    kNan, kNan, kNan,  //
                                         6,    kNan, 11,   9,    kNan},
                     at::kFloat)
              .view({4, 5}),
          {1, 0, -1, 1},
          {"no", "yes"},
          {.files = {{"a", 0}, {"b", 2}}, .groups = {"x", "y", "z"}, .group_of = {0, 1, 2, 2}}};
}

TEST(TableOverview, CountsRowsFilesGroupsAndClasses) {
  const TableOverview found = overview(shop());
  EXPECT_EQ(found.rows, 4);
  EXPECT_EQ(found.files, 2);
  EXPECT_EQ(found.groups, 3);
  ASSERT_EQ(found.classes.size(), 3u);
  EXPECT_EQ(found.classes[1].name, "yes");
  EXPECT_EQ(found.classes[1].rows, 2);
  EXPECT_EQ(found.classes[2].name, "(unlabelled)");
  EXPECT_EQ(found.classes[2].rows, 1);
}

TEST(TableOverview, MeasuresNumbersThatAreThere) {
  const TableOverview::Column price = overview(shop()).columns.at(0);
  EXPECT_EQ(price.missing, 1);
  EXPECT_DOUBLE_EQ(price.mean, 3);
  EXPECT_DOUBLE_EQ(price.deviation, std::sqrt((4 + 1 + 9) / 3.0));
  EXPECT_EQ(price.lowest, 1);
  EXPECT_EQ(price.highest, 6);
}

TEST(TableOverview, CountsCategoriesThatOccur) {
  const TableOverview::Column kind = overview(shop()).columns.at(1);
  EXPECT_EQ(kind.missing, 1);
  EXPECT_EQ(kind.categories, 2);  // nobody bought a pad
  EXPECT_EQ(kind.most_common, "ink");
  EXPECT_EQ(kind.most_common_rows, 2);
}

TEST(TableOverview, FindsItsWayPastAMoment) {
  const TableOverview found = overview(shop());
  EXPECT_EQ(found.columns.at(2).lowest, 10);
  EXPECT_EQ(found.columns.at(2).highest, 12);
  EXPECT_EQ(found.columns.at(2).missing, 1);
  EXPECT_EQ(found.columns.at(3).missing, 4);
}

TEST(TableOverview, MeasuresMoreRowsThanItReadsAtATime) {
  const int64_t rows = (1 << 16) + 5;
  const Table table({{"x"}}, at::arange(rows, at::kFloat).view({rows, 1}),
                    std::vector<int64_t>(static_cast<size_t>(rows), -1), {});
  const TableOverview::Column column = overview(table).columns.at(0);
  EXPECT_NEAR(column.mean, static_cast<double>(rows - 1) / 2, 1e-6);
  EXPECT_EQ(column.highest, static_cast<double>(rows - 1));
}

TEST(TableOverview, PrintsALineAClassAndAColumn) {
  const std::string printed = overview(shop()).print();
  for (const char* part :
       {"4 rows in 2 files of 3 groups", "(unlabelled)", "1 … 6, mean 3", "; 1 missing",
        "2 categories, most often \"ink\" (2)", "over 3 days", "nothing but missing cells"})
    EXPECT_NE(printed.find(part), std::string::npos) << part << " in\n" << printed;
}

TEST(TableOverview, LeavesOutWhatThereIsNone) {
  const Table table({{"x"}}, at::ones({2, 1}), {0, 0}, {"a"});
  const TableOverview found = overview(table);
  EXPECT_EQ(found.classes.size(), 1u);
  EXPECT_EQ(found.print().find("groups"), std::string::npos);
  EXPECT_EQ(found.print().find("missing"), std::string::npos);
}

TEST(TableOverview, MeasuresALabelThatIsANumber) {
  const Table table = Table::of_numbers({{"x"}}, at::ones({3, 1}), {2, std::nanf(""), 6});
  const TableOverview found = overview(table);
  EXPECT_TRUE(found.classes.empty());
  ASSERT_TRUE(found.label.has_value());
  EXPECT_EQ(found.label->mean, 4);
  EXPECT_EQ(found.label->missing, 1);
  const std::string printed = found.print();
  EXPECT_NE(printed.find("(label)"), std::string::npos) << printed;
  EXPECT_NE(printed.find("2 … 6, mean 4, deviation 2; 1 missing"), std::string::npos) << printed;
  EXPECT_EQ(printed.find("unlabelled"), std::string::npos) << printed;
  EXPECT_FALSE(overview(shop()).label.has_value());
}

}  // namespace
}  // namespace tacit
