// SPDX-License-Identifier: Apache-2.0
#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tacit/core/error.h"
#include "tacit/data/readers/table.h"
#include "tests/core/folder.h"

/// Tables as they should not be: each is read as it is meant, or refused with one sentence that
/// names the file and the place.
namespace tacit {
namespace {

constexpr const char* kGood = "a,c,y\n1,x,p\n2,y,q\n3,x,q\n";

class BadTables : public FolderTest {
 protected:
  TableConfig config(const std::string& content, const std::string& name = "bad.csv") const {
    std::ofstream(folder / name, std::ios::binary) << content;
    TableConfig config;
    config.path = (folder / name).string();
    config.label = "y";
    config.numeric = {"a"};
    config.categorical = {"c"};
    return config;
  }
  Table read(const std::string& content) const {
    return read_table(config(content), folder.string());
  }
  Table read(const std::string& content, const std::vector<TableColumn>& known) const {
    return read_table(config(content), folder.string(), known);
  }
  template <class E>
  void expect_refused(const std::string& content, const std::vector<std::string>& parts) const {
    const std::string said = message_of<E>([&] { read(content); });
    EXPECT_NE(said.find("bad.csv"), std::string::npos) << said;
    for (const std::string& part : parts) EXPECT_NE(said.find(part), std::string::npos) << said;
  }
};

TEST_F(BadTables, OfRaggedRowsAreRefusedWithTheRow) {
  expect_refused<DataError>("a,c,y\n1,x,p\n2,y\n3,x,q\n", {"row 3 has 2 cells", "heading has 3"});
  expect_refused<DataError>("a,c,y\n1,x,p\n2,y,q,9\n", {"row 3 has 4 cells", "2,y,q,9"});
}

TEST_F(BadTables, OfQuotesThatDoNotFitAreRefusedOrReadAsTheyStand) {
  expect_refused<DataError>("a,c,y\n1,x,p\n2,y,\"q\n3,x,q\n", {"row 3 opens a quote"});
  expect_refused<DataError>("a,c,y\n1,\"x,p\n2,y,q\n", {"row 2", "a quote in it is not closed"});
  const Table table = read("a,c,y\n1,\"x, z\",p\n2,5\" wide,q\n\"3\",\"say \"\"x\"\"\",q\n");
  EXPECT_EQ(table.columns()[1].categories,
            (std::vector<std::string>{"x, z", "5\" wide", "say \"x\""}));
  EXPECT_EQ(table.cells()[2][0].item<float>(), 3);
}

TEST_F(BadTables, WithAByteOrderMarkAreReadWithoutIt) {
  const Table wanted = read(kGood);
  for (const char* heading : {"\xEF\xBB\xBF"
                              "a,c,y\n",
                              "\xEF\xBB\xBF\"a\",c,y\n"}) {
    const Table table = read(heading + std::string(kGood).substr(6));
    EXPECT_EQ(table.spec().channels, wanted.spec().channels);
    EXPECT_TRUE(table.cells().equal(wanted.cells()));
  }
}

TEST_F(BadTables, OfTextsAmongNumbersAreRefusedWithTheCell) {
  expect_refused<DataError>("a,c,y\n1,x,p\nhigh,y,q\n", {"row 3", "\"a\"", "\"high\""});
  expect_refused<DataError>("a,c,y\n1,x,p\n1 000,y,q\n", {"row 3", "\"1 000\""});
  expect_refused<DataError>("a,c,y\n1,x,p\n0x1F,y,q\n", {"row 3", "\"0x1F\""});
  // A category may be called anything.
  EXPECT_EQ(read("a,c,y\n1,x,p\n2,7,q\n3,1e5,q\n").columns()[1].categories,
            (std::vector<std::string>{"x", "7", "1e5"}));
}

TEST_F(BadTables, OfNumbersThatAreNotFiniteAreRefusedWithTheCell) {
  for (const char* cell : {"inf", "-inf", "Infinity", "1e39", "-1e300"})
    expect_refused<DataError>(text("a,c,y\n1,x,p\n{},y,q\n", cell), {"row 3", "\"a\"", "infinite"});
  expect_refused<DataError>("a,c,y\n1,x,p\n1e999,y,q\n", {"row 3", "\"1e999\""});
  EXPECT_EQ(read("a,c,y\n1,x,p\n-3e38,y,q\n").cells()[1][0].item<float>(), -3e38F);
}

TEST_F(BadTables, WithoutRowsAreRefused) {
  for (const char* content : {"", "\n\n"})
    expect_refused<DataError>(content, {"the file is empty"});
  expect_refused<DataError>("a,c,y\n", {"no rows"});
}

TEST_F(BadTables, WithColumnsOfOneNameAreRefused) {
  expect_refused<DataError>("a,c,a,y\n1,x,2,p\n", {"2 columns are called \"a\""});
}

TEST_F(BadTables, OfConstantOrEmptyColumnsAreReadAsTheyStand) {
  const Table table = read("a,c,y\n,?,p\n,NA,q\nnan,,q\n");
  EXPECT_TRUE(table.cells().isnan().all().item<bool>());
  EXPECT_TRUE(table.columns()[1].categories.empty());
  EXPECT_TRUE(read("a,c,y\n4,x,p\n4,x,p\n").cells()[1].equal(at::tensor({4.F, 0.F})));
}

TEST_F(BadTables, OfNewRowsNeedTheColumnsOfTheModelInAnyOrderAndNoMore) {
  const Table model = read(kGood);
  const Table other = read("more,y,c,note,a\n0,p,x,n,1\n0,q,y,n,2\n0,q,x,n,3\n", model.columns());
  EXPECT_TRUE(other.cells().equal(model.cells()));
  const std::string said = message_of<ConfigError>([&] { read("a,y\n1,p\n", model.columns()); });
  for (const char* part : {"bad.csv", "unknown column \"c\"", "a, y"})
    EXPECT_NE(said.find(part), std::string::npos) << said;
}

TEST_F(BadTables, OfNewRowsMayHoldCategoriesThatTheModelHasNeverSeen) {
  const Table model = read(kGood);
  const Table other = read("a,c,y\n1,new,p\n2,y,q\n3,newer,r\n", model.columns());
  EXPECT_EQ(other.columns()[1].categories, (std::vector<std::string>{"x", "y", "new", "newer"}));
  EXPECT_TRUE(other.cells().select(1, 1).equal(at::tensor({2.F, 1.F, 3.F})));
}

TEST_F(BadTables, WhoseLabelIsAmongTheFeaturesAreRefused) {
  TableConfig leaking = config(kGood);
  leaking.categorical = {"c", "y"};
  const std::string said = message_of<ConfigError>([&] { read_table(leaking, folder.string()); });
  EXPECT_NE(said.find("\"y\" is also among the columns to learn from"), std::string::npos) << said;
}

}  // namespace
}  // namespace tacit
