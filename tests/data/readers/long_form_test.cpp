// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/long_form.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// One recording of one channel: "time,value,label" lines.
Signals read(const std::string& lines, LongFormConfig config = {}) {
  const TemporaryFolder folder;
  config.path = folder.write("walk.csv", "t,ax,activity\n" + lines);
  config.subject = "";
  config.recording = {};
  config.channels = {"ax"};
  if (config.file_rate_hz == 0) config.file_rate_hz = 10;
  return read_long_form(config, "");
}

std::string refusal(const std::string& lines, const LongFormConfig& config = {}) {
  return message<DataError>([&] { read(lines, config); });
}

std::vector<float> samples(const Recording& recording) {
  std::vector<float> values;
  for (int64_t i = 0; i < recording.length(); ++i)
    values.push_back(recording.samples[0][i].item<float>());
  return values;
}

bool contains(const std::string& all, const std::string& part) {
  return all.find(part) != std::string::npos;
}

TEST(LongForm, ReadsRecordingsSubjectsAndLabels) {
  const TemporaryFolder folder;
  LongFormConfig config{.path = folder.write("all.csv",
                                             "subject,experiment,t,activity,ax,ay,az,other\n"
                                             "7,1,0,walk,1,2,3,x\n"
                                             "7,1,1,walk,4,5,6,x\n"
                                             "7,1,2,sit,7,8,9,x\n"
                                             "7,2,5,,1,1,1,x\n"
                                             "8,3,0,run,2,2,2,x\n"),
                        .file_rate_hz = 50,
                        .scale = {1, 10, 1},
                        .classes = {"walk", "sit"}};
  const Signals signals = read_long_form(config, "");
  EXPECT_EQ(signals.classes, (std::vector<std::string>{"sit", "walk"}));
  ASSERT_EQ(signals.recordings.size(), 3);
  const Recording& first = signals.recordings[0];
  EXPECT_EQ(first.subject, "7");
  EXPECT_EQ(first.length(), 3);
  EXPECT_EQ(first.samples[1][2].item<float>(), 80);
  ASSERT_EQ(first.labels.size(), 2);
  EXPECT_EQ(first.labels[0].label, 1);
  EXPECT_EQ(first.labels[1].begin, 2);
  EXPECT_EQ(first.labels[1].label, 0);
  EXPECT_EQ(signals.recordings[1].name, "2");
  EXPECT_DOUBLE_EQ(signals.recordings[1].start_seconds, 0.1);
  EXPECT_EQ(signals.recordings[1].labels[0].label, -1);
  EXPECT_EQ(signals.recordings[2].labels[0].label, -1);  // "run" is not a class
  EXPECT_TRUE(signals.notes.empty());
}

TEST(LongForm, FillsShortGapsByStraightLines) {
  const Signals signals = read("0,1,a\n1,,a\n2,nan,b\n3,4,b\n5,8,b\n");
  ASSERT_EQ(signals.recordings.size(), 1);
  EXPECT_EQ(samples(signals.recordings[0]), (std::vector<float>{1, 2, 3, 4, 6, 8}));
  EXPECT_EQ(signals.recordings[0].labels[0].end, 2);
  EXPECT_EQ(signals.notes,
            (std::vector<std::string>{"filled 3 missing samples in 2 gaps by straight lines"}));
}

TEST(LongForm, EndsTheRecordingAtLongGaps) {
  const Signals signals = read("0,1,a\n1,2,a\n2,,a\n3,,a\n4,,a\n5,3,a\n10,4,a\n11,,a\n");
  ASSERT_EQ(signals.recordings.size(), 3);  // 3 missing are 0.3 s, and 4 are skipped
  EXPECT_EQ(samples(signals.recordings[0]), (std::vector<float>{1, 2}));
  EXPECT_EQ(samples(signals.recordings[1]), (std::vector<float>{3}));
  EXPECT_EQ(samples(signals.recordings[2]), (std::vector<float>{4}));
  EXPECT_EQ(signals.recordings[2].name, "walk");
  EXPECT_DOUBLE_EQ(signals.recordings[2].start_seconds, 1);
  EXPECT_EQ(signals.notes, (std::vector<std::string>{"ended recordings at 2 gaps longer than 0.2 s",
                                                     "left out 4 rows with missing values"}));
}

TEST(LongForm, DropsAndRefusesAsAsked) {
  const std::string lines = "0,1,a\n1,,a\n2,3,a\n4,5,a\n";
  EXPECT_EQ(read(lines, {.missing = Missing::drop}).recordings.size(), 3);
  EXPECT_PRED2(contains, refusal(lines, {.missing = Missing::refuse}), "row 3, column \"ax\"");
  EXPECT_PRED2(contains, refusal("0,1,a\n4,5,a\n", {.missing = Missing::refuse}),
               "row 3, column \"t\": time jumps from 0 to 4");
}

TEST(LongForm, EstimatesTheRateFromTimes) {
  LongFormConfig config{.time_unit = TimeUnit::ms};
  std::string lines;
  for (const int ms : {0, 33, 67, 100, 133, 167, 200, 300, 333})
    lines += std::to_string(ms) + ",1,a\n";
  const TemporaryFolder folder;
  config.path = folder.write("a.csv", "t,ax,activity\n" + lines);
  config.subject = "", config.recording = {}, config.channels = {"ax"};
  const Signals signals = read_long_form(config, "");
  EXPECT_NEAR(signals.recordings[0].rate_hz, 30, 0.1);
  EXPECT_EQ(signals.recordings[0].length(), 11);  // two were filled
  config.time_unit = TimeUnit::samples;
  EXPECT_PRED2(contains, message<ConfigError>([&] { read_long_form(config, ""); }),
               "data.file_rate_hz");
}

TEST(LongForm, NamesFileRowAndColumnOfWhatIsWrong) {
  EXPECT_PRED2(contains, refusal("0,1,a\n1,fast,a\n"),
               "walk.csv: row 3, column \"ax\": \"fast\" is not a number");
  EXPECT_PRED2(contains, refusal("0,1,a\n1,2\n"), "row 3 has 2 cells but the heading has 3");
  EXPECT_PRED2(contains, refusal("0,1,a\n1,inf,a\n"), "row 3, column \"ax\"");
  EXPECT_PRED2(contains, refusal("0,1,a\n1,1e300,a\n"), "row 3, column \"ax\"");
  EXPECT_PRED2(contains, refusal("0,1,a\n0,1,a\n"), "row 3, column \"t\": time goes from 0 to 0");
  EXPECT_PRED2(contains, refusal("0,1,a\n,1,a\n"), "row 3, column \"t\": there is no time");
  EXPECT_PRED2(contains, refusal(""), "no rows");
  EXPECT_PRED2(contains, refusal("0,,a\n"), "every row has a missing value");
}

TEST(LongForm, RefusesSecondsThatPassForSamples) {
  try {
    read("0,1,a\n0.02,2,a\n0.04,3,a\n");
    FAIL() << "accepted";
  } catch (const DataError& e) {
    EXPECT_TRUE(contains(e.what(), "data.time_unit")) << e.what();
  }
}

TEST(LongForm, RefusesRecordingsInPieces) {
  const TemporaryFolder folder;
  const LongFormConfig config{.path = folder.write("a.csv", "who,t,ax\n1,0,1\n2,0,1\n1,1,1\n"),
                              .subject = "who",
                              .recording = {"who"},
                              .label = "",
                              .file_rate_hz = 10,
                              .channels = {"ax"}};
  EXPECT_PRED2(contains, message<DataError>([&] { read_long_form(config, ""); }),
               "row 4: recording \"1\" appears again");
}

TEST(LongForm, NamesTheNearestColumnAndClass) {
  const TemporaryFolder folder;
  LongFormConfig config{.path = folder.write("a.csv", "t,acc_x,activity\n0,1,walk\n"),
                        .subject = "",
                        .recording = {},
                        .file_rate_hz = 10,
                        .channels = {"acc_y"}};
  const auto said = [&] { return message<ConfigError>([&] { read_long_form(config, ""); }); };
  EXPECT_PRED2(contains, said(), "did you mean \"acc_x\"");
  config.channels = {"acc_x"};
  config.classes = {"walking"};
  EXPECT_PRED2(contains, said(), "data.classes");
  config.classes = {};
  config.scale = {1, 2};
  EXPECT_PRED2(contains, said(), "2 factors for 1 channels");
}

TEST(LongForm, RefusesWhatIsNotThere) {
  const TemporaryFolder folder;
  LongFormConfig config{.path = (folder.path() / "none.csv").string()};
  const auto said = [&] { return message<DataError>([&] { read_long_form(config, ""); }); };
  EXPECT_PRED2(contains, said(), "none.csv is not a file");
  config.path = folder.path().string();
  EXPECT_PRED2(contains, said(), "holds no .csv");
  config.path = folder.write("empty.csv", "");
  EXPECT_PRED2(contains, said(), "the file is empty");
  config.path = folder.write("bad.parquet", "not a parquet file at all");
  EXPECT_PRED2(contains, said(), "cannot be read as Parquet");
  config.path = folder.write("bad.csv.gz", "not packed");
  EXPECT_PRED2(contains, said(), "bad.csv.gz");
  config.path = folder.write("a.xls", "t,ax\n");
  EXPECT_PRED2(contains, message<ConfigError>([&] { read_long_form(config, ""); }), ".parquet");
}

TEST(LongForm, SortsRowsAndStartsRecordingsAnewAsAsked) {
  const std::string back = "2,3,a\n0,1,a\n1,2,a\n";
  EXPECT_PRED2(contains, refusal(back), "row 3, column \"t\": time goes from 2 to 0");
  const Signals sorted = read(back, {.backward_time = BackwardTime::sort});
  EXPECT_EQ(samples(sorted.recordings[0]), (std::vector<float>{1, 2, 3}));
  EXPECT_PRED2(contains, refusal("2,3,a\n0,1,a\n1,x,a\n", {.backward_time = BackwardTime::sort}),
               "row 4");
  const Signals anew = read(back, {.backward_time = BackwardTime::new_recording});
  ASSERT_EQ(anew.recordings.size(), 2);
  EXPECT_EQ(anew.recordings[1].name, "walk#2");
  EXPECT_EQ(samples(anew.recordings[1]), (std::vector<float>{1, 2}));
  EXPECT_EQ(anew.notes, std::vector<std::string>{"began 1 recordings anew where time goes back"});
}

TEST(LongForm, DropsRowsThatRepeatATimeAsAsked) {
  const Signals signals =
      read("0,1,a\n1,2,a\n1,9,a\n2,3,a\n", {.repeated_time = RepeatedTime::drop});
  EXPECT_EQ(samples(signals.recordings[0]), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(signals.notes,
            std::vector<std::string>{"left out 1 rows that repeat the time of the row before"});
}

TEST(LongForm, ReadsDatesAsTimes) {
  LongFormConfig config{.time_unit = TimeUnit::iso};
  const Signals signals = read("2024-05-01 10:00:00.0,1,a\n2024-05-01 10:00:00.1,2,a\n", config);
  EXPECT_EQ(signals.recordings[0].start_seconds, 1714557600);
  EXPECT_EQ(signals.recordings[0].length(), 2);
  EXPECT_PRED2(contains, refusal("05/01/2024 10:00,1,a\n", config),
               "is not a date and time such as");
}

TEST(LongForm, RefusesARecordingOfAnotherRate) {
  std::string rows;
  for (int i = 0; i < 60; ++i) rows += std::to_string(i) + ",1,a\n";
  for (int i = 0; i < 60; ++i) rows += std::to_string(100 + 2 * i) + ",1,a\n";
  const TemporaryFolder folder;
  const LongFormConfig config{.path = folder.write("a.csv", "t,ax,activity\n" + rows),
                              .subject = "",
                              .recording = {},
                              .time_unit = TimeUnit::ms,
                              .channels = {"ax"}};
  EXPECT_EQ(read_long_form(config, "").recordings.size(), 1);  // half of the steps may be irregular
  std::string other = "t,ax,activity,who\n";
  for (int i = 0; i < 100; ++i) other += std::to_string(10 * i) + ",1,a,p\n";
  for (int i = 0; i < 60; ++i) other += std::to_string(20 * i) + ",1,a,q\n";
  LongFormConfig both = config;
  both.path = folder.write("b.csv", other);
  both.subject = "who";
  EXPECT_PRED2(contains, message<DataError>([&] { read_long_form(both, ""); }),
               "recording \"b/q\", which ends before row 161");
}

TEST(LongForm, TakesWordsFromPaths) {
  const TemporaryFolder folder;
  folder.write("sit_7.csv", "t;ax\n0;1,5\n");
  folder.write("walk_8.csv", "t;ax\n0;2,5\n");
  const Signals signals =
      read_long_form({.path = folder.path().string(),
                      .path_pattern = "{activity}_{subject}",
                      .text = {.delimiter = Delimiter::semicolon, .decimal = Decimal::comma},
                      .recording = {},
                      .file_rate_hz = 10,
                      .channels = {"ax"}},
                     "");
  EXPECT_EQ(signals.classes, (std::vector<std::string>{"sit", "walk"}));
  EXPECT_EQ(signals.recordings[1].subject, "8");
  EXPECT_EQ(samples(signals.recordings[1]), std::vector<float>{2.5});
}

TEST(LongForm, ReadsFoldersFileByFile) {
  const TemporaryFolder folder;
  folder.write("b.csv", "t,ax\n0,3\n1,4\n");
  folder.write("a.csv", "t,ax\n0,1\n1,2\n");
  folder.write("notes.txt", "left alone");
  const Signals signals = read_long_form({.path = folder.path().string(),
                                          .subject = "",
                                          .recording = {},
                                          .label = "",
                                          .file_rate_hz = 10,
                                          .channels = {"ax"}},
                                         "");
  ASSERT_EQ(signals.recordings.size(), 2);
  EXPECT_EQ(signals.recordings[0].name, "a");
  EXPECT_EQ(samples(signals.recordings[1]), (std::vector<float>{3, 4}));
}

}  // namespace
}  // namespace tacit
