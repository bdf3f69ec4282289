// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init_table.h"

#include "tacit/run/init_recipe.h"
#include "tests/run/habits.h"
#include "tests/run/numbers.h"

namespace tacit {
namespace {

/// People with a label that follows from age and job, but for some.
std::string people(int rows, const std::string& more_names = "",
                   const std::function<std::string(int)>& more = nullptr) {
  std::string out = "id,age,job,born,score,city" + more_names + ",income\n";
  for (int row = 0; row < rows; ++row)
    out += std::to_string(row + 1) + "," + (row % 11 == 3 ? "?" : std::to_string(row * 7 % 60)) +
           ",job" + std::to_string(row % 5) + ",1990-01-" + std::to_string(10 + row % 19) + "," +
           fixed(std::sin(row), 4) + ",Ulm" + (more ? "," + more(row) : "") + "," +
           ((row * 7 % 60 > 30) != (row % 13 == 0) ? ">50K" : "<=50K") + "\n";
  return out;
}

class InitTableTest : public FolderTest {
 protected:
  std::filesystem::path csv(const std::string& content, const std::string& name = "data.csv") {
    write(folder / name, content);
    return folder / name;
  }
  /// The recipe that init writes, read back.
  Recipe recipe_for(const std::filesystem::path& data,
                    const std::vector<std::string>& overrides = {}) {
    const std::filesystem::path file = folder / "recipe.toml";
    write_file(file, {write_recipe(look_at(data, overrides), "Written")});
    return load_recipe(file.string(), {});
  }
};

bool any_says(const std::vector<std::string>& sentences, const std::string& part) {
  return std::ranges::any_of(
      sentences, [&](const std::string& each) { return each.find(part) != std::string::npos; });
}

using Names = std::vector<std::string>;

TEST_F(InitTableTest, TypesEveryColumnAndSplitsByRow) {
  const auto file = csv(people(400));
  const Findings found = look_at(file, {});
  ASSERT_TRUE(found.table.has_value());
  EXPECT_TRUE(found.labelled);
  EXPECT_EQ(found.table->rows, 400);
  EXPECT_TRUE(any_says(found.facts, "left out column \"id\": an identifier: it counts rows"));
  EXPECT_TRUE(any_says(found.facts, "left out column \"city\": constant"));
  EXPECT_TRUE(any_says(found.assumptions, "\"income\" was taken for the label"));
  EXPECT_TRUE(any_says(found.facts, "columns to learn from: 2 numeric, 1 categorical, 1 datetime"));
  EXPECT_NE(found.overview.find("400 rows"), std::string::npos);
  const Recipe recipe = recipe_for(file);
  EXPECT_EQ(recipe.data.source, Source::table);
  EXPECT_EQ(recipe.data.table.numeric, (Names{"age", "score"}));
  EXPECT_EQ(recipe.data.table.categorical, Names{"job"});
  EXPECT_EQ(recipe.data.table.datetime, Names{"born"});
  EXPECT_EQ(recipe.data.file.label, "income");
  EXPECT_EQ(recipe.data.split.by, SplitBy::row);
  EXPECT_EQ(recipe.data.encode.min_count, 5);
  EXPECT_EQ(recipe.method.name, "denoising_autoencoder");
  EXPECT_EQ(recipe.encoder.name, "table_mlp");
  EXPECT_EQ(load_examples(recipe.data)->classes(), (Names{"<=50K", ">50K"}));
}

TEST_F(InitTableTest, NeverOverrulesWhatIsSaid) {
  const auto file = csv(people(200));
  const Findings found = look_at(file, {"data.label=job", "data.table.categorical=['age']",
                                        "data.split.test=0.5", "data.encode.min_count=7"});
  EXPECT_EQ(found.data.file.label, "job");
  EXPECT_EQ(found.data.table.categorical, Names{"age"});
  EXPECT_EQ(found.data.table.numeric, Names{"score"});
  EXPECT_EQ(found.data.split.test, 0.5);
  EXPECT_EQ(found.data.encode.min_count, 7);
  EXPECT_TRUE(any_says(found.facts, "\"income\": not in the list that was given"));
  EXPECT_FALSE(look_at(file, {"data.label="}).labelled);
  EXPECT_THROW(look_at(file, {"data.label=incme"}), ConfigError);
  EXPECT_NE(message_of<ConfigError>([&] { look_at(file, {"data.label=id"}); }).find("no classes"),
            std::string::npos);
}

TEST_F(InitTableTest, WarnsOfAColumnThatTellsTheLabel) {
  const auto leak = [](int row) {
    return (row * 7 % 60 > 30) != (row % 13 == 0) ? std::string("high") : std::string("low");
  };
  const Findings found = look_at(csv(people(300, ",bracket", leak)), {});
  EXPECT_TRUE(any_says(found.warnings, "column \"bracket\" tells the label \"income\" exactly"));
  EXPECT_FALSE(any_says(found.warnings, "column \"job\""));
  EXPECT_NE(write_recipe(found, "T").find("# LOOK: tells the label exactly"), std::string::npos);
}

TEST_F(InitTableTest, KeepsRowsOfAPersonTogether) {
  const auto customer = [](int row) { return "k" + std::to_string(row / 10); };
  const Recipe recipe = recipe_for(csv(people(300, ",customer_id", customer)));
  EXPECT_EQ(recipe.data.table.group, "customer_id");
  EXPECT_EQ(recipe.data.split.by, SplitBy::subject);
  EXPECT_EQ(recipe.data.table.categorical, Names{"job"});
}

TEST_F(InitTableTest, TestsOnTheFileThatIsCalledSo) {
  csv(people(300), "set/train.csv");
  csv(people(100), "set/test.csv");
  const Recipe recipe = recipe_for(folder / "set");
  EXPECT_EQ(recipe.data.split.by, SplitBy::row);
  EXPECT_EQ(recipe.data.split.test, Json::array({"test"}));
  const auto rows = load_examples(recipe.data);
  EXPECT_EQ(make_splits(recipe.data.split, *rows, Rng(1)).front().test.size(), 100);
}

TEST_F(InitTableTest, ReadsAFileWithoutAHeading) {
  std::string out = people(200);
  out.erase(0, out.find('\n') + 1);
  const Recipe recipe = recipe_for(csv(out));
  EXPECT_EQ(recipe.data.file.text.columns.size(), 7);
  EXPECT_EQ(recipe.data.file.label, "c7");
  EXPECT_EQ(recipe.data.table.numeric, (Names{"c2", "c5"}));
}

TEST_F(InitTableTest, TellsTablesFromSignals) {
  const auto is_table = [&](const std::string& content, const Json& given = Json::object()) {
    return holds_table(csv(content), given);
  };
  const auto rows = [](const std::string& heading, const std::function<std::string(int)>& row) {
    std::string out = heading + "\n";
    for (int i = 0; i < 100; ++i) out += row(i) + "\n";
    return out;
  };
  const auto numbers = [](int i) { return fixed(std::sin(i), 3) + "," + fixed(std::cos(i), 3); };
  const auto timed = [&](int i) { return fixed(i * 0.02, 2) + "," + numbers(i); };
  const auto town = [](int i) { return "," + std::string(1, static_cast<char>('a' + i % 7)); };
  EXPECT_TRUE(is_table(people(100)));
  EXPECT_TRUE(is_table(rows("width,height", numbers)));
  EXPECT_FALSE(is_table(rows("time,width,height", timed)));
  EXPECT_TRUE(is_table(rows("time,width,height,town", [&](int i) { return timed(i) + town(i); })));
  EXPECT_FALSE(is_table(rows("time,ecg,b,town", [&](int i) { return timed(i) + town(i); })));
  EXPECT_FALSE(is_table(rows("acc,b", numbers)));
  EXPECT_TRUE(is_table(rows("acc,b,town", [&](int i) { return numbers(i) + town(i); })));
  EXPECT_FALSE(is_table(people(100), Json::object({{"source", "csv"}})));
  EXPECT_FALSE(is_table(people(100), Json::object({{"time", "age"}})));
  EXPECT_TRUE(is_table(people(100), Json::object({{"label", "job"}})));
  EXPECT_TRUE(is_table(rows("time,width,height", timed), Json::object({{"source", "table"}})));
  for (const Habit& habit : habits())
    EXPECT_FALSE(holds_table(habit.write_down(folder / habit.name), Json::object())) << habit.name;
}

TEST_F(InitTableTest, RefusesWithOneSentence) {
  const auto refusal = [&](const std::string& content) {
    return message_of<DataError>([&] { look_at(csv(content), {"data.source=table"}); });
  };
  std::string ids = "id,name\n";
  for (int row = 0; row < 40; ++row) ids += std::to_string(row) + ",n" + std::to_string(row) + "\n";
  EXPECT_NE(refusal(ids).find("nothing to learn from: \"id\" (an identifier"), std::string::npos);
  EXPECT_NE(refusal("").find("the file is empty"), std::string::npos);
  EXPECT_NE(refusal("a,b\n1,x\n2\n").find("row 3 has 1 cells but the heading has 2"),
            std::string::npos);
}

TEST_F(InitTableTest, TellsNumbersWhereTheLabelIsOne) {
  const auto file = csv(number_table(400));
  const Findings found = look_at(file, {});
  EXPECT_TRUE(any_says(found.assumptions, "\"price\" was taken for the label"));
  EXPECT_TRUE(any_says(found.assumptions, "data.target=class"));
  EXPECT_TRUE(any_says(found.facts, "the label is a number"));
  EXPECT_TRUE(found.labelled);
  const Recipe recipe = recipe_for(file);
  EXPECT_EQ(recipe.data.file.label, "price");
  EXPECT_EQ(recipe.data.target, Target::number);
  EXPECT_EQ(recipe.curve.metric, Metric::r2);
  EXPECT_EQ(recipe.curve.labels_per_class, (std::vector<LabelCount>{{20}, {100}, {.all = true}}));
  EXPECT_EQ(recipe.data.table.numeric, (Names{"x", "z"}));
  EXPECT_EQ(load_examples(recipe.data)->target(), Target::number);
}

TEST_F(InitTableTest, TakesTheLabelThatIsSaidForANumberOrNot) {
  const auto file = csv(people(200));
  EXPECT_EQ(look_at(file, {"data.label=score"}).data.target, Target::number);
  EXPECT_EQ(look_at(file, {"data.label=age"}).data.target, Target::number);
  EXPECT_EQ(look_at(file, {"data.label=age", "data.target=class"}).data.target, Target::category);
  EXPECT_EQ(look_at(file, {}).data.target, Target::category);
}

}  // namespace
}  // namespace tacit
