// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table_roles.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

ColumnGuess column(const std::string& name, int64_t distinct,
                   ColumnKind kind = ColumnKind::categorical) {
  return {.name = name, .kind = kind, .whole = true, .filled = 1000, .distinct = distinct};
}

std::string label_of(std::vector<ColumnGuess> columns, const std::string& group = "") {
  const ColumnKinds kinds{.files = {}, .columns = std::move(columns), .rows = 1000};
  const TableRole role = guess_label(kinds, group);
  return role.column == nullptr ? "" : role.column->name;
}

std::string group_of(std::vector<ColumnGuess> columns, const std::string& label = "") {
  const ColumnKinds kinds{.files = {}, .columns = std::move(columns), .rows = 1000};
  const TableRole role = guess_group(kinds, label);
  return role.column == nullptr ? "" : role.column->name;
}

TEST(TableRoles, TakeTheLabelByItsName) {
  EXPECT_EQ(label_of({column("Survived", 2, ColumnKind::numeric), column("port", 3)}), "Survived");
  EXPECT_EQ(label_of({column("target", 2), column("income", 2)}), "target");
  EXPECT_EQ(label_of({column("is_fraud", 2), column("price", 300, ColumnKind::numeric)}),
            "is_fraud");
  EXPECT_EQ(label_of({column("workclass", 8), column("n", 300)}), "");
  EXPECT_EQ(label_of({column("income", 300), column("n", 300)}), "");  // no classes
}

TEST(TableRoles, TakeTheLastColumnWhenItHasFewValues) {
  EXPECT_EQ(label_of({column("a", 2), column("z", 23)}), "z");
  EXPECT_EQ(label_of({column("a", 2), column("z", 31)}), "");
  EXPECT_EQ(label_of({column("a", 2), column("z", 10, ColumnKind::numeric)}), "z");
  EXPECT_EQ(label_of({column("a", 2), column("z", 11, ColumnKind::numeric)}), "");
  EXPECT_EQ(label_of({column("a", 2), column("z", 5, ColumnKind::datetime)}), "");
  EXPECT_EQ(label_of({column("a", 2), column("z", 5)}, "z"), "");
}

TEST(TableRoles, TakeWhatRepeatsAndIsCalledAPersonForAGroup) {
  EXPECT_EQ(group_of({column("age", 60), column("customer_id", 100)}), "customer_id");
  EXPECT_EQ(group_of({column("patientId", 100)}), "patientId");
  EXPECT_EQ(group_of({column("customer_id", 900)}), "");  // hardly repeats
  EXPECT_EQ(group_of({column("user_type", 3)}), "");
  EXPECT_EQ(group_of({column("device", 3)}), "");
  EXPECT_EQ(group_of({column("device", 9)}), "device");
  EXPECT_EQ(group_of({column("subject", 9)}, "subject"), "");
}

ColumnGuess numbers(const std::string& name, int64_t distinct, bool whole = false) {
  ColumnGuess guess = column(name, distinct, ColumnKind::numeric);
  guess.whole = whole;
  return guess;
}

TEST(TableRoles, TakeANumberForTheLabelWhereNothingElseIsOne) {
  EXPECT_EQ(label_of({numbers("a", 900), numbers("target", 900)}), "target");
  EXPECT_EQ(label_of({numbers("target", 900), column("town", 8)}), "target");
  EXPECT_EQ(label_of({numbers("SalePrice", 900), numbers("area", 900)}), "SalePrice");
  EXPECT_EQ(label_of({numbers("income", 900), column("approved", 2)}), "approved");
  EXPECT_EQ(label_of({numbers("price", 900), column("town", 8)}), "town");
  EXPECT_EQ(label_of({numbers("price", 900), numbers("area", 900)}, "price"), "");
}

TEST(TableRoles, KnowALabelThatIsANumber) {
  EXPECT_TRUE(is_number_label(numbers("price", 900)));
  EXPECT_TRUE(is_number_label(numbers("label", 900)));
  EXPECT_TRUE(is_number_label(numbers("age", 60, true)));
  EXPECT_FALSE(is_number_label(numbers("label", 26, true)));  // letters, by their numbers
  EXPECT_FALSE(is_number_label(numbers("quality", 20, true)));
  EXPECT_FALSE(is_number_label(column("town", 900)));
}

}  // namespace
}  // namespace tacit
