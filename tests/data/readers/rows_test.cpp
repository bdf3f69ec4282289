// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/rows.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(OpenRows, GoesByTheEnding) {
  const TemporaryFolder folder;
  EXPECT_TRUE(open_rows(folder.write("a.csv", "x\n1\n"), {{"x"}, {}})->next().has_value());
  EXPECT_THROW(open_rows(folder.write("a.json", "{}"), {}), ConfigError);
  EXPECT_THROW(open_rows(folder.path() / "b.csv", {}), DataError);
  EXPECT_THROW(open_rows(folder.path(), {}), DataError);
}

}  // namespace
}  // namespace tacit
