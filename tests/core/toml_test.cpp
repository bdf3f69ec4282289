// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/toml.h"

#include <fstream>

#include "tacit/core/error.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

TEST(Toml, ReadsEveryType) {
  EXPECT_EQ(parse_toml(R"(whole = 5
negative = -9223372036854775808
real = 0.25
yes = true
words = "häuser"
list = [1, [2.5, "x"], {a = 1}]
day = 2024-02-29
moment = 2024-02-29T12:30:00Z
[table.inner]
a = 1
[[many]]
b = 1
[[many]]
b = 2)",
                       "t"),
            Json::parse(R"({"whole": 5, "negative": -9223372036854775808, "real": 0.25, "yes": true,
  "words": "häuser", "list": [1, [2.5, "x"], {"a": 1}], "day": "2024-02-29",
  "moment": "2024-02-29T12:30:00Z", "table": {"inner": {"a": 1}}, "many": [{"b": 1}, {"b": 2}]})"));
  EXPECT_EQ(parse_toml("", "t"), Json::object());
}

TEST(Toml, KeepsTheOrderOfTheDocument) {
  EXPECT_EQ(
      parse_toml("z = 1\na = 2\n[train]\nq = 1\nb = 2\n[data]\nm = {y = 1, c = 2}\n", "t").dump(),
      R"({"z":1,"a":2,"train":{"q":1,"b":2},"data":{"m":{"y":1,"c":2}}})");
}

TEST(Toml, ASyntaxErrorNamesFileAndLine) {
  const std::string message =
      message_of<ConfigError>([] { parse_toml("a = 1\nb = = 2\n", "run.toml"); });
  EXPECT_EQ(message.find("run.toml:2:"), 0U) << message;
  EXPECT_THROW(parse_toml("a = 1\na = 2\n", "t"), ConfigError);
  EXPECT_THROW(parse_toml("a = \"\xff\"", "t"), ConfigError);
}

using TomlFile = FolderTest;

TEST_F(TomlFile, IsReadAndNamedInErrors) {
  const auto file = folder / "run.toml";
  std::ofstream(file) << "a = 5\n";
  EXPECT_EQ(read_toml(file), Json({{"a", 5}}));
  std::ofstream(file) << "\n\na 5\n";
  const std::string message = message_of<ConfigError>([&] { read_toml(file); });
  EXPECT_EQ(message.find(file.string() + ":3:"), 0U) << message;
}

TEST_F(TomlFile, MissingIsAConfigErrorThatNamesIt) {
  const std::string message = message_of<ConfigError>([&] { read_toml(folder / "none.toml"); });
  EXPECT_NE(message.find("none.toml"), std::string::npos) << message;
  EXPECT_THROW(read_toml(folder), ConfigError);
}

Json overridden(Json config, const std::vector<std::string>& overrides) {
  apply_overrides(config, overrides);
  return config;
}

TEST(Overrides, SetValuesOfEveryType) {
  const Json found = overridden(Json::object(), {"a=5", "b=0.5", "c=true", "d=\"5\"", "e=[1, 2]",
                                                 "f=plain words", "g=", "h=a=b", "i={x = 1}"});
  EXPECT_EQ(found, Json::parse(R"({"a": 5, "b": 0.5, "c": true, "d": "5", "e": [1, 2],
                                   "f": "plain words", "g": "", "h": "a=b", "i": {"x": 1}})"));
}

TEST(Overrides, ReachIntoTablesAndMakeThem) {
  EXPECT_EQ(
      overridden({{"train", {{"epochs", 1}, {"lr", 2}}}}, {"train.epochs=5", "new.inner.k=1"}),
      Json::parse(R"({"train": {"epochs": 5, "lr": 2}, "new": {"inner": {"k": 1}}})"));
}

TEST(Overrides, TheLastWins) { EXPECT_EQ(overridden({}, {"a=1", "a=2"}), Json({{"a", 2}})); }

TEST(Overrides, RefuseWordsThatAreNone) {
  for (const char* wrong : {"train.epochs", "", "=5", "train..epochs=5", ".a=1", "a.=1"}) {
    Json config = Json::object();
    const std::string message = message_of<ConfigError>([&] { apply_overrides(config, {wrong}); });
    EXPECT_NE(message.find(wrong), std::string::npos) << message;
  }
}

TEST(Overrides, RefuseAPathThroughAValue) {
  Json config{{"a", {{"b", 5}}}};
  const std::string message =
      message_of<ConfigError>([&] { apply_overrides(config, {"a.b.c=1"}); });
  EXPECT_NE(message.find("\"a.b\" is a value"), std::string::npos) << message;
}

TEST(Overrides, AValueCannotBringFurtherKeys) {
  EXPECT_EQ(overridden({}, {"a=1\nb = 2"}), Json({{"a", "1\nb = 2"}}));
}

}  // namespace
}  // namespace tacit
