// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/data_files.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class DataFiles : public testing::Test {
 protected:
  DataFiles() {
    for (const char* const name : {"walk_1", "sit_12", ".hidden"})
      std::filesystem::create_directory(folder.path() / name);
    for (const char* const name : {"walk_1/sub_7.csv", "sit_12/sub_8.csv.gz", "walk_1/about.txt",
                                   ".hidden/sub_1.csv", "top.parquet"})
      folder.write(name, "");
  }
  std::vector<std::string> names(const std::string& pattern) const {
    std::vector<std::string> found;
    for (const DataFile& file : data_files(folder.path(), pattern)) found.push_back(file.name);
    return found;
  }
  TemporaryFolder folder;
};

TEST_F(DataFiles, AreFoundBelowTheFolderByName) {
  EXPECT_EQ(names(""), (std::vector<std::string>{"sit_12/sub_8", "top", "walk_1/sub_7"}));
}

TEST_F(DataFiles, GiveTheWordsOfTheirPaths) {
  const auto files = data_files(folder.path(), "{activity}_{}/sub_{subject}");
  ASSERT_EQ(files.size(), 2);
  EXPECT_EQ(files[0].words,
            (std::map<std::string, std::string>{{"activity", "sit"}, {"subject", "8"}}));
  EXPECT_EQ(names("{a}/about.txt"), std::vector<std::string>{"walk_1/about"});
  EXPECT_EQ(data_files(folder.path() / "walk_1/sub_7.csv", "sub_{s}")[0].words.at("s"), "7");
}

TEST_F(DataFiles, AreOfEveryKindThatIsReadAlsoPacked) {
  const TemporaryFolder all;
  for (const std::string ending : {".csv", ".tsv", ".jsonl", ".ndjson", ".txt", ".dat"}) {
    all.write("a" + ending, "");
    all.write("b" + ending + ".gz", "");
    EXPECT_EQ(ending_of("a" + ending), ending);
    EXPECT_EQ(ending_of("b" + ending + ".gz"), ending + ".gz");
  }
  for (const char* const name : {"c.parquet", "d.parquet.gz", "e.json", "f.gz", "g"})
    all.write(name, "");
  for (const char* const name : {"d.parquet.gz", "e.json", "f.gz", "g", "csv"})
    EXPECT_EQ(ending_of(name), "") << name;
  const auto found = data_files(all.path(), "");
  std::string names;
  for (const DataFile& file : found) names += file.name;
  EXPECT_EQ(names, "aaaabbbbc");  // texts of unknown kind only where a pattern names them
  EXPECT_EQ(data_files(all.path(), "{x}.txt.gz").size(), 1u);
  EXPECT_EQ(data_files(all.path(), "{x}.jsonl")[0].path.filename(), "a.jsonl");
}

TEST_F(DataFiles, AreRefusedByName) {
  EXPECT_NE(message<DataError>([&] { names("x{a}"); }).find("no file of 4"), std::string::npos);
  EXPECT_NE(message<DataError>([&] { data_files(folder.path() / ".hidden/none", "a{b}"); }), "");
  for (const char* const pattern : {"{a", "a}", "{a}{b}", "{a}_{a}"})
    EXPECT_NE(message<ConfigError>([&] { holes_of(pattern); }), "") << pattern;
}

TEST_F(DataFiles, TakePatternsAsTheyStand) {
  folder.write("a+b(1).csv", "");
  EXPECT_EQ(names("a+b({n})"), std::vector<std::string>{"a+b(1)"});
}

}  // namespace
}  // namespace tacit
