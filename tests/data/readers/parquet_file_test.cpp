// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/parquet_file.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(ParquetFile, SaysWhichFileIsNone) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.parquet", "no Parquet, but long enough to be looked at");
  const std::string said = message<DataError>([&] {
    try {
      open_parquet_file(file, 10);
    } catch (const parquet::ParquetException& problem) {
      fail_parquet(file, problem.what());
    }
  });
  EXPECT_NE(said.find("a.parquet: cannot be read as Parquet"), std::string::npos) << said;
  EXPECT_THROW(open_parquet_file("/nowhere.parquet", 10), DataError);
}

TEST(ParquetFile, PutsItsWordsOnOneLine) {
  EXPECT_EQ(message<DataError>([] { fail_parquet("a", "one\ntwo"); }),
            "a: cannot be read as Parquet: one two");
}

}  // namespace
}  // namespace tacit
