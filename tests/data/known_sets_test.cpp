// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/known_sets.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tacit/data/windows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(KnownSets, AreFoundInTheFolderOrItsHar) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "har");
  const auto at = [&](const std::filesystem::path& path) {
    return known_set(KnownSet::hapt, {.path = path.string()}).path;
  };
  EXPECT_THROW(at(folder.path()), DataError);
  EXPECT_THROW(at(""), ConfigError);
  const std::string file = folder.write("har/hapt_raw_50hz.parquet", "");
  EXPECT_EQ(at(folder.path()), file);
  EXPECT_EQ(at(folder.path() / "har"), file);
  EXPECT_EQ(at(file), file);
  EXPECT_THROW(known_set(KnownSet::hapt, {.path = file, .channels = {"a"}}), ConfigError);
}

/// Counts made independently, run by run in file order.
TEST(KnownSets, HaveTheWindowsThatTheReferenceCounts) {
  const char* const folder = std::getenv("TACIT_DATA");
  if (folder == nullptr) GTEST_SKIP() << "set TACIT_DATA to the folder that holds har/";
  const auto windows = [&](KnownSet set, double length) {
    return SignalWindows(read_long_form(known_set(set, {.path = folder}), ""), {.length = {length}});
  };
  EXPECT_EQ(windows(KnownSet::motionsense, 400).size(), 6526);
  const SignalWindows hapt = windows(KnownSet::hapt, 128);
  int64_t labelled = 0, begins = 0;
  for (const Window& window : hapt.windows())
    if (window.label >= 0) ++labelled, begins += window.begin;
  EXPECT_EQ(labelled, 10411);
  EXPECT_EQ(begins, 86359266);
}

}  // namespace
}  // namespace tacit
