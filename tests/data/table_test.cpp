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

}  // namespace
}  // namespace tacit
