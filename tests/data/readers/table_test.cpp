// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/table.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tests/core/folder.h"

namespace tacit {
namespace {

class ReadTable : public FolderTest {
 protected:
  std::string write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder / name) << bytes;
    return (folder / name).string();
  }
  Table read(const TableConfig& config) { return read_table(config, folder.string()); }
};

constexpr const char* kPeople =
    "age,job,paid,seen,rich\n"
    "39, clerk,2.5,1970-01-02T00:00:01Z,no\n"
    "50,?,,1970-01-01T12:00:00Z,yes\n"
    ",smith,-1e3,,no\n"
    "28,clerk,0,1969-12-31T23:59:59Z,\n";

TableConfig people(const std::string& path) {
  TableConfig config;
  config.path = path;
  config.label = "rich";
  config.numeric = {"age", "paid"};
  config.categorical = {"job"};
  config.datetime = {"seen"};
  return config;
}

TEST_F(ReadTable, KeepsEveryKindOfCell) {
  const Table table = read(people(write("people.csv", kPeople)));
  ASSERT_EQ(table.size(), 4);
  EXPECT_EQ(table.spec().modality, Modality::table);
  EXPECT_EQ(table.spec().shape, std::vector<int64_t>{5});
  EXPECT_EQ(table.spec().channels, (std::vector<std::string>{"age", "paid", "job", "seen"}));
  EXPECT_EQ(table.columns()[2].categories, (std::vector<std::string>{"clerk", "smith"}));
  EXPECT_EQ(table.classes(), (std::vector<std::string>{"no", "yes"}));
  EXPECT_EQ(table.labels(), (std::vector<int64_t>{0, 1, 0, -1}));
  const double nan = std::nan("");
  const at::Tensor wanted = at::tensor(std::vector<double>{39,  2.5,   0,   1,   1,      //
                                                           50,  nan,   nan, 0,   43200,  //
                                                           nan, -1000, 1,   nan, nan,    //
                                                           28,  0,     0,   -1,  86399})
                                .view({4, 5});
  const Batch all = table.read(std::vector<int64_t>{0, 1, 2, 3});
  EXPECT_TRUE(at::allclose(all.x.to(at::kDouble), wanted, 0, 0, /*equal_nan=*/true)) << all.x;
  const Batch some = table.read(std::vector<int64_t>{3, 1});
  EXPECT_EQ(some.x[0][0].item<float>(), 28);
  EXPECT_EQ(some.y[1].item<int64_t>(), 1);
}

TEST_F(ReadTable, PutsFilesOfAFolderTogether) {
  write("a.csv", "x,kind\n1,b\n2,a\n");
  write("b.csv", "kind,x\na,3\nc,4\n");
  TableConfig config;
  config.path = folder.string();
  config.numeric = {"x"};
  config.categorical = {"kind"};
  const Table table = read(config);
  EXPECT_EQ(table.columns()[1].categories, (std::vector<std::string>{"b", "a", "c"}));
  EXPECT_TRUE(table.read(std::vector<int64_t>{0, 1, 2, 3})
                  .x.equal(at::tensor(std::vector<float>{1, 0, 2, 1, 3, 1, 4, 2}).view({4, 2})));
  EXPECT_EQ(table.labels(), (std::vector<int64_t>{-1, -1, -1, -1}));
}

TEST_F(ReadTable, KnowsFilesAndGroupsOfRows) {
  write("a.csv", "x,who\n1,ann\n2,bob\n3,?\n");
  write("b.csv", "who,x\nbob,4\n,5\n");
  TableConfig config;
  config.path = folder.string();
  config.numeric = {"x"};
  config.group = "who";
  const Table table = read(config);
  EXPECT_EQ(table.spec().channels, std::vector<std::string>{"x"});
  EXPECT_EQ(table.origin(1).recording, "a");
  EXPECT_EQ(table.origin(3).recording, "b");
  EXPECT_EQ(table.origin(0).subject, "ann");
  EXPECT_EQ(table.origin(3).subject, table.origin(1).subject);
  // Rows of nobody are groups of their own.
  EXPECT_EQ(table.sources().groups.size(), 4u);
  EXPECT_NE(table.origin(2).subject, table.origin(4).subject);
}

TEST_F(ReadTable, KeepsTheCodesOfKnownColumnsAndLetsNewCategoriesFollow) {
  const TableConfig config = people(write("people.csv", kPeople));
  std::vector<TableColumn> known = read(config).columns();
  known[2].categories = {"smith", "nurse"};
  const Table table = read_table(config, folder.string(), known);
  EXPECT_EQ(table.columns()[2].categories, (std::vector<std::string>{"smith", "nurse", "clerk"}));
  const Tensor job = table.cells().select(1, 2);
  EXPECT_EQ(job[0].item<float>(), 2);  // clerk
  EXPECT_EQ(job[2].item<float>(), 0);  // smith
  EXPECT_TRUE(std::isnan(job[1].item<float>()));
}

TEST_F(ReadTable, RefusesOtherColumnsThanTheKnownOnes) {
  TableConfig config = people(write("people.csv", kPeople));
  const std::vector<TableColumn> known = read(config).columns();
  const auto refusal = [&] {
    return message_of<ConfigError>([&] { read_table(config, folder.string(), known); });
  };
  config.numeric = {"paid", "age"};
  EXPECT_NE(refusal().find("made for the columns age numeric, paid numeric, job categorical"),
            std::string::npos);
  config.numeric = {"age"};
  EXPECT_NE(refusal().find("but here are age numeric, job categorical"), std::string::npos);
}

TEST_F(ReadTable, ReadsMoreRowsThanABlock) {
  std::string bytes = "x,kind\n";
  constexpr int64_t kRows = 70000;
  for (int64_t row = 0; row < kRows; ++row) bytes += text("{},k{}\n", row, row % 7);
  TableConfig config;
  config.path = write("long.csv", bytes);
  config.numeric = {"x"};
  config.categorical = {"kind"};
  const Table table = read(config);
  ASSERT_EQ(table.size(), kRows);
  const Batch batch = table.read(std::vector<int64_t>{0, 65535, 65536, kRows - 1});
  EXPECT_EQ(batch.x[2][0].item<float>(), 65536);
  EXPECT_EQ(batch.x[3][1].item<float>(), (kRows - 1) % 7);
}

TEST_F(ReadTable, RefusesWhatItCannotUse) {
  const auto said = [&](auto change) {
    TableConfig config = people(write("people.csv", kPeople));
    change(config);
    return message_of<ConfigError>([&] { read(config); });
  };
  const auto has = [](const std::string& message, const char* part) {
    return message.find(part) != std::string::npos;
  };
  EXPECT_TRUE(
      has(said([](auto& c) { c.numeric = c.categorical = c.datetime = {}; }), "no columns"));
  EXPECT_TRUE(has(said([](auto& c) { c.categorical = {"age"}; }), "listed twice"));
  EXPECT_TRUE(has(said([](auto& c) { c.label = "job"; }), "would know the answer"));
  EXPECT_TRUE(has(said([](auto& c) { c.group = "job"; }), "data.table.group"));
  EXPECT_TRUE(has(said([](auto& c) { c.numeric = {"agee"}; }), "age"));
  const std::string infinite = write("infinite.csv", "x\n1\ninf\n");
  const std::string empty = write("empty.csv", "x\n");
  for (const auto& [path, part] :
       {std::pair(infinite, "row 3, column \"x\""), std::pair(empty, "no rows")}) {
    TableConfig config;
    config.path = path;
    config.numeric = {"x"};
    EXPECT_TRUE(has(message_of<DataError>([&] { read(config); }), part)) << path;
  }
}

TEST_F(ReadTable, ReadsALabelThatIsANumber) {
  TableConfig config = people(write("people.csv",
                                    "age,job,paid,seen,rich,who\n"
                                    "39,clerk,2.5,1970-01-02T00:00:01Z,1e3,a\n"
                                    "50,smith,1,1970-01-01T12:00:00Z,,a\n"
                                    "28,clerk,0,1970-01-03T00:00:00Z,-0.5,b\n"));
  config.target = Target::number;
  config.group = "who";
  const Table table = read(config);
  EXPECT_EQ(table.target(), Target::number);
  EXPECT_EQ(table.number(0), 1000);
  EXPECT_TRUE(std::isnan(table.number(1)));
  EXPECT_EQ(table.number(2), -0.5F);
  EXPECT_EQ(table.spec().channels, (std::vector<std::string>{"age", "paid", "job", "seen"}));
  EXPECT_EQ(table.cells()[2][3].item<float>(), 2);  // the day: the label moved no moment
  EXPECT_EQ(table.origin(2).subject, "b");
  config.label = "";
  EXPECT_TRUE(std::isnan(read(config).number(0)));
}

TEST_F(ReadTable, RefusesALabelThatIsNoNumber) {
  TableConfig config = people(write("people.csv", kPeople));
  config.target = Target::number;
  EXPECT_NE(message_of<DataError>([&] { read(config); }).find("\"rich\""), std::string::npos);
  config = people(write("infinite.csv", "age,job,paid,seen,rich\n1,a,1,,inf\n"));
  config.target = Target::number;
  EXPECT_NE(message_of<DataError>([&] { read(config); }).find("column \"rich\" is infinite"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
