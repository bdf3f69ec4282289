// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_item.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

TEST(MatItem, IsSaidInWords) {
  const MatItem item{.name = "x", .type = "int16", .shape = {2, 3, 4}, .fields = {}};
  EXPECT_EQ(item.count(), 24);
  EXPECT_EQ(item.extents(), "2 x 3 x 4");
  EXPECT_EQ(item.words(), "an int16 array of 2 x 3 x 4");
  const MatItem empty{.name = "x", .type = "cell", .shape = {0, 3}, .fields = {}};
  EXPECT_EQ(empty.count(), 0);
  EXPECT_EQ(empty.words(), "a cell array of 0 x 3");
}

}  // namespace
}  // namespace tacit
