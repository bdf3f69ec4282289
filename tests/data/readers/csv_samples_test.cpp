// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/csv_samples.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// Channels x and y of lines whose times are in seconds.
LongFormConfig config_of() {
  LongFormConfig config;
  config.channels = {"x", "y"};
  config.time_unit = TimeUnit::s;
  return config;
}

/// "1 2|3 nan|gap 2|5 6|": what a stream at 50 Hz holds, and what is told of it.
struct Reading {
  explicit Reading(const LongFormConfig& config = config_of())
      : samples(config, 50, [this](const std::string& line) { told += line + "|"; }) {}

  Reading& read(std::string_view bytes) {
    samples.read(bytes, take());
    return *this;
  }
  Reading& finish() {
    samples.finish(take());
    return *this;
  }
  SampleStream::Take take() {
    return [this](std::span<const float> sample, int64_t missing_before) {
      if (missing_before > 0) out += text("gap {}|", missing_before);
      out += text("{} {}|", sample[0], sample[1]);
    };
  }

  std::string out, told;
  CsvSamples samples;
};

std::string read(std::string_view bytes, const LongFormConfig& config = config_of()) {
  return Reading(config).read(bytes).finish().out;
}

TEST(CsvSamples, ReadLinesWithoutAHeadingInTheOrderOfChannels) {
  EXPECT_EQ(read("1,2\n-3.5e0, +4 \r\n\n5,6"), "1 2|-3.5 4|5 6|");
}

TEST(CsvSamples, FindChannelsByAHeading) {
  EXPECT_EQ(read("who, y ,\"x\",note\nann,1,2,walk\nbob,3,4,run\n"), "2 1|4 3|");
  EXPECT_EQ(read("\xEF\xBB\xBFx,y\n1,2\n"), "1 2|");
  EXPECT_EQ(read("x,y\n"), "");
}

TEST(CsvSamples, AreTheSameWhereverTheStreamIsCut) {
  const std::string bytes = "t,x,y\r\n0,1,2\r\n0.02,NaN,4\r\n0.04,wrong,6\r\n0.1,7,8\r\n0.12,9,1e1";
  const Reading whole = std::move(Reading().read(bytes).finish());
  EXPECT_EQ(whole.out, "1 2|nan 4|gap 3|7 8|9 10|");
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    Reading reading;
    reading.read(bytes.substr(0, cut)).read(bytes.substr(cut)).finish();
    EXPECT_EQ(reading.out, whole.out) << cut;
    EXPECT_EQ(reading.told, whole.told) << cut;
  }
  Reading slowly;
  for (const char byte : bytes) slowly.read({&byte, 1});
  EXPECT_EQ(slowly.finish().out, whole.out);
}

TEST(CsvSamples, AreThereAsSoonAsTheirLineEnds) {
  Reading reading;
  EXPECT_EQ(reading.read("1,2\n3,").out, "1 2|");
  EXPECT_EQ(reading.read("4").out, "1 2|");
  EXPECT_EQ(reading.read("\n").out, "1 2|3 4|");
}

TEST(CsvSamples, AreReadAsTheRecipeSaysOfTextFiles) {
  LongFormConfig config = config_of();
  config.text = {.delimiter = Delimiter::semicolon, .decimal = Decimal::comma, .skip_lines = 2};
  EXPECT_EQ(read("Sensor 7\n\ny;x\n1,5;2\n", config), "2 1.5|");
  config.text = {.delimiter = Delimiter::space, .columns = {"c1", "y", "x"}};
  EXPECT_EQ(read("  7  8 9\n7 \t 1 2\n", config), "9 8|2 1|");
  EXPECT_EQ(read("1 2\n3 4\n", config), "1 2|3 4|");  // or only the channels
  config = config_of();
  config.scale = {10, -1};
  EXPECT_EQ(read("1,2\n", config), "10 -2|");
}

TEST(CsvSamples, AreNanWhereNothingUsableStands) {
  EXPECT_EQ(read("1,2\n,NA\nnull,inf\n1e300,?\n"), "1 2|nan nan|nan nan|nan nan|");
}

TEST(CsvSamples, TellGapsByTheTime) {
  EXPECT_EQ(read("t,x,y\n5,1,1\n5.02,2,2\n5.049,3,3\n5.08,4,4\n6,5,5\n"),
            "1 1|2 2|3 3|gap 1|4 4|gap 45|5 5|");
  LongFormConfig config = config_of();
  config.time_unit = TimeUnit::iso;
  EXPECT_EQ(read("x,t,y\n1,2024-05-01T10:00:00.00Z,1\n2,2024-05-01T10:00:00.10Z,2\n", config),
            "1 1|gap 4|2 2|");
  config.time = "";
  EXPECT_EQ(read("t,x,y\n0,1,1\n9,2,2\n", config), "1 1|2 2|");
}

TEST(CsvSamples, FollowNoTimeThatGoesBackOrRunsAtAnotherRate) {
  const std::string back = "t,x,y\n3,1,1\n2,2,2\n";
  EXPECT_NE(message<DataError>([&] { read(back); }).find("line 3"), std::string::npos);
  const std::string twice = "t,x,y\n0,1,1\n0,2,2\n0.02,3,3\n";
  EXPECT_THROW(read(twice), DataError);
  LongFormConfig config = config_of();
  config.repeated_time = RepeatedTime::drop;
  EXPECT_EQ(read(twice, config), "1 1|3 3|");
  std::string slow = "t,x,y\n";
  for (int i = 0; i < 30; ++i) slow += text("{},1,1\n", i * 0.1);
  const std::string why = message<DataError>([&] { read(slow); });
  EXPECT_NE(why.find("50 Hz"), std::string::npos) << why;
}

TEST(CsvSamples, TakeALineThatCannotBeReadAsMissing) {
  Reading reading;
  reading.read("1,2\n3,4,5\n6\nseven,8\n9,10\n").finish();
  EXPECT_EQ(reading.out, "1 2|nan nan|nan nan|nan nan|9 10|");
  EXPECT_EQ(reading.told,
            "line 2: 3 cells instead of 2|line 3: 1 cells instead of 2|"
            "line 4: \"seven\" in channel x is not a number|");
  EXPECT_EQ(reading.samples.unreadable(), 3);
}

TEST(CsvSamples, TellOfTenUnreadableLinesAndCountTheRest) {
  Reading reading;
  reading.read("1,2\n");
  for (int i = 0; i < 1000; ++i) reading.read("x\n");
  EXPECT_EQ(std::ranges::count(reading.told, '|'), 10);
  EXPECT_EQ(reading.samples.unreadable(), 1000);
}

TEST(CsvSamples, MayBeJoinedWithinALine) {
  Reading reading;
  reading.read("2\n3,4\n").finish();
  EXPECT_EQ(reading.out, "3 4|");
  EXPECT_EQ(reading.told, "line 1: 1 cells instead of 2|");
}

TEST(CsvSamples, LeaveOutALastLineThatIsCut) {
  Reading reading;
  reading.read("1,2\n3").finish();
  EXPECT_EQ(reading.out, "1 2|");
  EXPECT_EQ(reading.told, "line 2: 1 cells instead of 2|");
}

TEST(CsvSamples, RefuseAStreamOfSomethingElse) {
  const std::string width = message<DataError>([] { read("1,2,3\n4,5,6\n"); });
  EXPECT_NE(width.find("line 2"), std::string::npos) << width;
  EXPECT_NE(width.find("3 cells instead of 2"), std::string::npos) << width;
  const std::string name = message<ConfigError>([] { read("a,b,x\n1,2,3\n"); });
  for (const char* words : {"line 1", "\"y\"", "a, b, x"})
    EXPECT_NE(name.find(words), std::string::npos) << name;
  EXPECT_THROW(read("x,y,x\n1,2,3\n"), ConfigError);
  EXPECT_THROW(read(std::string(2 << 20, '7')), DataError);
}

}  // namespace
}  // namespace tacit
