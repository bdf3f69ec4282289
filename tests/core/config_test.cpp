// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/config.h"

#include <array>
#include <cmath>

#include "tests/core/folder.h"

namespace tacit {
namespace {

enum class Colour { red, dark_blue };
std::vector<std::string> names(Colour) { return {"red", "dark_blue"}; }

struct Inner {
  double rate = 0.5;
  int64_t count = 3;
};

template <class Visitor>
void describe(Visitor& visit, Inner& config) {
  visit("rate", config.rate, "a share", between(0, 1));
  visit("count", config.count, "a number of things", at_least(1));
}

struct Outer {
  bool fast = false;
  std::string name = "none";
  Colour colour = Colour::red;
  uint64_t seed = 1;
  int32_t small = 0;
  float temperature = 0.25F;
  std::vector<double> weights{1, 2};
  std::vector<Inner> many;
  std::optional<int64_t> limit;
  Inner inner;
  Json extra;
};

template <class Visitor>
void describe(Visitor& visit, Outer& config) {
  visit("fast", config.fast, "whether to hurry");
  visit("name", config.name, "a name");
  visit("colour", config.colour, "a colour");
  visit("seed", config.seed, "a seed");
  visit("small", config.small, "a small number");
  visit("temperature", config.temperature, "a temperature", above(0));
  visit("weights", config.weights, "weights", at_least(0));
  visit("many", config.many, "inner tables");
  visit("limit", config.limit, "a limit", at_least(1));
  visit("inner", config.inner, "an inner table");
  visit("extra", config.extra, "anything");
}

Outer read(const char* json) {
  Outer config;
  read_config(config, Json::parse(json));
  return config;
}

std::string refusal(const char* json) {
  return message_of<ConfigError>([&] { read(json); });
}

TEST(Config, WritesAllFieldsInOrder) {
  EXPECT_EQ(
      write_config(Outer{}).dump(),
      R"({"fast":false,"name":"none","colour":"red","seed":1,"small":0,"temperature":0.25,)"
      R"("weights":[1.0,2.0],"many":[],"limit":null,"inner":{"rate":0.5,"count":3},"extra":null})");
}

TEST(Config, SurvivesWritingAndReading) {
  Outer config;
  config.fast = true;
  config.colour = Colour::dark_blue;
  config.seed = UINT64_MAX;
  config.small = -5;
  config.many = {{0.1, 7}, {0.9, 8}};
  config.limit = 4;
  config.inner.rate = 1.0 / 3;
  config.extra = {{"a", 1}};
  const Json written = write_config(config);
  Outer again;
  read_config(again, Json::parse(written.dump()));
  EXPECT_EQ(write_config(again), written);
  EXPECT_EQ(again.inner.rate, config.inner.rate);
  EXPECT_EQ(again.seed, UINT64_MAX);
}

TEST(Config, LeavesOutWhatIsNotNamed) {
  const Outer config = read(R"({"inner": {"count": 9}, "weights": []})");
  EXPECT_EQ(config.inner.count, 9);
  EXPECT_EQ(config.inner.rate, 0.5);
  EXPECT_TRUE(config.weights.empty());
  EXPECT_EQ(config.name, "none");
}

TEST(Config, AnUnknownKeyNamesTheNearest) {
  EXPECT_NE(refusal(R"({"colur": "red"})").find(R"("colur"; did you mean "colour"?)"),
            std::string::npos);
  EXPECT_NE(
      refusal(R"({"inner": {"rates": 1}})").find(R"("inner.rates"; did you mean "inner.rate"?)"),
      std::string::npos);
}

TEST(Config, RefusesValuesOutOfRangeAndNamesThem) {
  EXPECT_EQ(refusal(R"({"inner": {"rate": 1.5}})"),
            "inner.rate = 1.5 is out of range: it must be 0 … 1");
  EXPECT_NE(refusal(R"({"temperature": 0})").find("> 0"), std::string::npos);
  EXPECT_NE(refusal(R"({"weights": [1, -1]})").find("weights[1]"), std::string::npos);
  EXPECT_NE(refusal(R"({"limit": 0})").find("limit"), std::string::npos);
  EXPECT_NE(refusal(R"({"many": [{}, {"count": 0}]})").find("many[1].count"), std::string::npos);
  EXPECT_NO_THROW(read(R"({"inner": {"rate": 1, "count": 1}, "limit": 1})"));
}

TEST(Config, RefusesNumbersTheirTypeCannotHold) {
  for (const char* wrong :
       {R"({"small": 4294967296})", R"({"small": 2147483648})", R"({"seed": -1})",
        R"({"limit": 18446744073709551615})", R"({"temperature": 1e300})"})
    EXPECT_NE(refusal(wrong).find("out of range"), std::string::npos) << wrong;
}

TEST(Config, RefusesNumbersThatJsonCannotHold) {
  for (const double wrong : std::array<double, 3>{INFINITY, -INFINITY, NAN}) {
    Inner config;
    EXPECT_THROW(read_config(config, Json{{"rate", wrong}}), ConfigError) << wrong;
    Outer outer;
    EXPECT_THROW(read_config(outer, Json{{"weights", {wrong}}}), ConfigError) << wrong;
  }
}

TEST(Config, RefusesOtherTypesAndNamesWhatItWants) {
  EXPECT_EQ(refusal(R"({"fast": 1})"), "fast must be true or false, not 1");
  EXPECT_EQ(refusal(R"({"seed": 1.5})"), "seed must be a whole number, not 1.5");
  EXPECT_EQ(refusal(R"({"inner": {"rate": "1"}})"), "inner.rate must be a number, not \"1\"");
  EXPECT_EQ(refusal(R"({"weights": 1})"), "weights must be a list of: a number, not 1");
  EXPECT_EQ(refusal(R"({"inner": 1})"), "inner must be a table, not 1");
  for (const char* wrong : {R"({"name": 1})", R"({"colour": 1})", R"({"limit": "1"})", "[]", "5",
                            R"({"seed": true})", R"({"inner": null})"})
    refusal(wrong);
}

TEST(Config, AnUnknownMemberOfAnEnumListsThem) {
  const std::string message = refusal(R"({"colour": "dark_blu"})");
  EXPECT_NE(message.find("colour"), std::string::npos);
  EXPECT_NE(message.find(R"(did you mean "dark_blue"?)"), std::string::npos);
  EXPECT_NE(message.find("red, dark_blue"), std::string::npos);
}

TEST(Config, AnOptionalIsSetAndUnset) {
  Outer config = read(R"({"limit": 5})");
  EXPECT_EQ(config.limit, 5);
  read_config(config, Json::parse(R"({"limit": null})"));
  EXPECT_FALSE(config.limit);
}

TEST(Config, TabulatesItsFieldsFlat) {
  const std::vector<FieldInfo> rows = config_fields<Outer>();
  ASSERT_EQ(rows.size(), 12U);
  EXPECT_EQ(rows[2].type, "red | dark_blue");
  EXPECT_EQ(rows[5].range, "> 0");
  EXPECT_EQ(rows[6].type, "a list of: a number");
  EXPECT_EQ(rows[9].name, "inner.rate");
  EXPECT_EQ(rows[9].fallback, "0.5");
  EXPECT_EQ(rows[9].range, "0 … 1");
  EXPECT_EQ(rows[9].help, "a share");
  EXPECT_EQ(rows[10].range, ">= 1");
}

TEST(Range, ContainsItsClosedEnds) {
  EXPECT_TRUE(between(0, 1).contains(0) && between(0, 1).contains(1));
  EXPECT_FALSE(above(0).contains(0));
  EXPECT_FALSE(at_least(2).contains(1.999));
  EXPECT_TRUE(Range{}.contains(-1e300));
  EXPECT_EQ(Range{}.text(), "");
}

}  // namespace
}  // namespace tacit
