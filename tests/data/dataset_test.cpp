// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/dataset.h"

#include <gtest/gtest.h>

#include "tacit/data/windows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(Subset, RenumbersRowsAndKeepsTheSourcesNumbers) {
  const SignalWindows data(people(2), {.length = {20}});
  const Subset subset(data, {3, 1});
  const std::vector<int64_t> rows{1, 0};
  const Batch batch = subset.read(rows);
  EXPECT_EQ(batch.row[0].item<int64_t>(), 1);
  EXPECT_EQ(batch.row[1].item<int64_t>(), 3);
  EXPECT_THROW(Subset(data, {data.size()}), ShapeError);
  EXPECT_THROW(subset.read(std::vector<int64_t>{2}), ShapeError);
}

}  // namespace
}  // namespace tacit
