// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/stream.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>

#include "tacit/run/embed.h"
#include "tacit/run/predict.h"
#include "tacit/run/pretrain.h"
#include "tacit/run/probe.h"
#include "tests/run/numbers.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
using Overrides = std::vector<std::string>;

constexpr int64_t kLength = 50;  // of a window, at 25 Hz

float motion(int64_t step, int64_t axis) {
  const auto i = static_cast<double>(step), of = static_cast<double>(axis);
  return static_cast<float>(0.5 * of + std::sin((0.2 + 0.03 * of) * i) +
                            0.3 * std::sin(0.011 * i * i) + 0.0004 * i);
}

/// Lines of ax, ay and az; those from `empty_from` up to `empty_to` hold no value.
std::string motion_lines(int64_t count, int64_t empty_from = 0, int64_t empty_to = 0) {
  std::string out = "ax,ay,az\n";
  char line[96];
  for (int64_t i = 0; i < count; ++i) {
    std::snprintf(line, sizeof line, "%.9g,%.9g,%.9g\n", static_cast<double>(motion(i, 0)),
                  static_cast<double>(motion(i, 1)), static_cast<double>(motion(i, 2)));
    out += i >= empty_from && i < empty_to ? ",,\n" : line;
  }
  return out;
}

/// Runs on simulated motion, fine-tuned and not.
class StreamTest : public FolderTest {
 protected:
  static void SetUpTestSuite() {
    std::string name = testing::TempDir() + "tacit_XXXXXX";
    runs_ = ::mkdtemp(name.data());
    run_pretrain(tiny_recipe({"train.epochs=1"}), encoder(), Existing::continue_same, {});
    fs::copy(encoder(), tuned(), fs::copy_options::recursive);
    run_finetune(tuned(), {.all = true}, {"curve.seeds=1"}, {});
  }
  static void TearDownTestSuite() { fs::remove_all(runs_); }

  static fs::path encoder() { return runs_ / "encoder"; }
  static fs::path tuned() { return runs_ / "tuned"; }

  std::string write(const std::string& name, const std::string& bytes) const {
    write_file(folder / name, {bytes});
    return (folder / name).string();
  }

  /// What makes a run read a file that holds one long recording.
  static Overrides of_file(const std::string& file, const Overrides& more = {}) {
    Overrides overrides{"data.source=csv", "data.path=" + file, "data.file_rate_hz=25",
                        "data.subject=",   "data.label=",       "data.recording=[]",
                        "data.time="};
    overrides.insert(overrides.end(), more.begin(), more.end());
    return overrides;
  }

  std::vector<Json> stream(const fs::path& run, const StreamOptions& options,
                           const Overrides& overrides = {}) {
    std::vector<Json> lines;
    said_.clear();
    Caller caller;
    caller.say = [&](const std::string& line) { said_ += line + "\n"; };
    summary_ = run_stream(
        run, options, overrides,
        [&](const std::string& line) { lines.push_back(Json::parse(line)); }, caller);
    return lines;
  }

  /// The rows that a verb of files writes.
  std::vector<Json> rows_of(const fs::path& file) const {
    std::vector<Json> rows;
    std::istringstream lines(read_file(file));
    for (std::string line; std::getline(lines, line);) rows.push_back(Json::parse(line));
    return rows;
  }

  static fs::path runs_;
  StreamSummary summary_;
  std::string said_;
};
fs::path StreamTest::runs_;

/// Lines with numbers are the rows of a file, in order.
void expect_predictions(const std::vector<Json>& lines, const std::vector<Json>& rows) {
  size_t row = 0;
  for (const Json& line : lines) {
    if (line["predicted"].is_null()) continue;
    ASSERT_LT(row, rows.size());
    EXPECT_NEAR(line["start_seconds"], rows[row]["start_seconds"], 1e-6);
    EXPECT_EQ(line["predicted"], rows[row]["predicted"]);
    int64_t classes = 0;
    for (const auto& [key, value] : line.items())
      if (key.starts_with("p_")) {
        EXPECT_NEAR(value, rows[row][key], 1e-5) << key << " of " << row;
        ++classes;
      }
    EXPECT_GE(classes, 2);
    EXPECT_EQ(line["quality"].dump(), R"({"usable":1.0,"fault":"none"})");
    ++row;
  }
  EXPECT_EQ(row, rows.size());
}

TEST_F(StreamTest, PredictsWhatPredictDoes) {
  const std::string file = write("motion.csv", motion_lines(1000, 407, 420));
  for (const Overrides& more : {Overrides{},
                                {"data.window.overlap=0.5"},
                                {"data.window.overlap=0.9"},
                                {"data.high_pass={hz=0.3, phase='causal'}"},
                                {"data.scale=[2, 1, -1]"}}) {
    const Overrides overrides = of_file(file, more);
    run_predict(tuned(), folder / "told.jsonl", overrides, {});
    expect_predictions(stream(tuned(), {.input = file}, overrides), rows_of(folder / "told.jsonl"));
    EXPECT_EQ(summary_.samples, 1000);
    EXPECT_GT(summary_.unanswered, 0);
  }
}

TEST_F(StreamTest, PredictsTheSameAtAnotherRate) {
  const std::string file = write("motion.csv", motion_lines(1000));
  const Overrides overrides =
      of_file(file, {"data.file_rate_hz=40", "data.rate_hz=25", "data.window.overlap=0.5"});
  run_predict(tuned(), folder / "told.jsonl", overrides, {});
  expect_predictions(stream(tuned(), {.input = file, .rate_hz = 40}, overrides),
                     rows_of(folder / "told.jsonl"));
  EXPECT_NE(said_.find("resampled from 40 to 25 Hz"), std::string::npos) << said_;
}

TEST_F(StreamTest, EmbedsWhatEmbedDoesInEachFormat) {
  const std::string file = write("motion.csv", motion_lines(600));
  std::vector<float> samples;
  for (int64_t i = 0; i < 600; ++i)
    for (int64_t axis = 0; axis < 3; ++axis) samples.push_back(motion(i, axis));
  const std::string raw = write("motion.f32", {reinterpret_cast<const char*>(samples.data()),
                                               samples.size() * sizeof(float)});
  run_embed(encoder(), folder / "told.jsonl", of_file(file, {"data.window.overlap=0.2"}), {});
  const std::vector<Json> rows = rows_of(folder / "told.jsonl");
  const StreamOptions lines{.input = file, .hop = Duration{.value = 1.6, .in_seconds = true}};
  StreamOptions numbers = lines;
  numbers.input = raw;
  numbers.format = SampleFormat::f32;
  for (const StreamOptions& options : {lines, numbers}) {
    const std::vector<Json> told = stream(encoder(), options);
    ASSERT_EQ(told.size(), rows.size());
    for (size_t i = 0; i < told.size(); ++i) {
      const Json& embedding = told[i]["embedding"];
      for (size_t d = 0; d < embedding.size(); ++d)
        EXPECT_NEAR(embedding[d], rows[i][text("f{}", d)], 1e-5);
      EXPECT_FALSE(rows[i].contains(text("f{}", embedding.size())));
      EXPECT_NEAR(told[i]["end_seconds"], static_cast<double>(told[i]["start_seconds"]) + 2, 1e-9);
    }
  }
}

TEST_F(StreamTest, SaysWhyAWindowHasNoNumbersAndGoesOn) {
  const std::string file = write("motion.csv", motion_lines(250, 60, 80));
  const std::vector<Json> tuned_lines = stream(tuned(), {.input = file});
  ASSERT_EQ(tuned_lines.size(), 5u);  // from samples 0, 50; 80, 130, 180
  const Json& lost = tuned_lines[1];
  EXPECT_TRUE(lost["predicted"].is_null());
  for (const auto& [key, value] : lost.items())
    EXPECT_TRUE(value.is_null() || !key.starts_with("p_")) << key;
  EXPECT_EQ(lost["quality"].dump(), R"({"usable":0.6,"fault":"missing"})");
  EXPECT_EQ(tuned_lines[2]["start_seconds"], 3.2);
  EXPECT_FALSE(tuned_lines[2]["predicted"].is_null());
  EXPECT_TRUE(stream(encoder(), {.input = file})[1]["embedding"].is_null());
  EXPECT_EQ(summary_.windows, 5);
  EXPECT_EQ(summary_.unanswered, 1);
  EXPECT_EQ(summary_.latency.count(), 4);
}

TEST_F(StreamTest, ChoosesTheHead) {
  const std::string file = write("motion.csv", motion_lines(100));
  EXPECT_TRUE(stream(tuned(), {.input = file, .head = ExportHead::none})[0].contains("embedding"));
  EXPECT_NE(message_of<StateError>([&] {
              stream(encoder(), {.input = file, .head = ExportHead::finetuned});
            }).find("tacit finetune"),
            std::string::npos);
}

TEST_F(StreamTest, ReportsWhatItDidAndHowLongAnswersTook) {
  stream(tuned(), {.input = write("motion.csv", motion_lines(300, 70, 72) + "1,2\n1,2,3\n")});
  EXPECT_NE(said_.find("streaming ax, ay, az at 25 Hz: windows of 2 s, one every 2 s"),
            std::string::npos)
      << said_;
  EXPECT_NE(said_.find("line 302: 2 cells instead of 3"), std::string::npos) << said_;
  const std::string report = summary_.print();
  for (const char* words : {"302 samples, 6 windows;", "filled 3 missing", "unreadable: 1", " ms "})
    EXPECT_NE(report.find(words), std::string::npos) << report;
  EXPECT_GT(summary_.latency.within(0.5), 1e-6);
  EXPECT_LT(summary_.latency.within(0.5), 1);
}

TEST_F(StreamTest, FollowsAFileUntilItIsStopped) {
  const std::string file = write("motion.csv", motion_lines(kLength) + "1,2,3");
  std::atomic<bool> stop = false;
  Caller caller;
  caller.stop = &stop;
  int64_t told = 0;
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    std::ofstream out(file, std::ios::app);
    out << "0\n" << motion_lines(kLength).substr(9) << "7,7,";
  });
  const auto count = [&](const std::string&) { stop = ++told == 2; };
  const StreamSummary summary =
      run_stream(encoder(), {.input = file, .end = FileEnd::grows}, {}, count, caller);
  writer.join();
  EXPECT_EQ(summary.windows, 2);
  EXPECT_EQ(summary.samples, 2 * kLength + 1);  // the line that was cut had an end later
  EXPECT_EQ(summary.unreadable, 0);
}

TEST_F(StreamTest, RefusesAStreamWithoutAWholeWindow) {
  for (const int64_t count : {int64_t{0}, kLength - 1}) {
    const std::string why = message_of<DataError>(
        [&] { stream(encoder(), {.input = write("short.csv", motion_lines(count))}); });
    EXPECT_NE(why.find(text("after {} samples", count)), std::string::npos) << why;
  }
}

TEST_F(StreamTest, RefusesWhatDoesNotFitTheRun) {
  const std::string file = write("motion.csv", motion_lines(100));
  const auto with = [&](const std::string& setting) {
    return [&, setting] { stream(encoder(), {.input = file}, {setting}); };
  };
  EXPECT_NE(message_of<ShapeError>(with("data.window.length=40")).find("data.window.length"),
            std::string::npos);
  EXPECT_NE(message_of<ShapeError>(with("data.channels=['ax', 'ay']")).find("data.channels"),
            std::string::npos);
  EXPECT_NE(message_of<ConfigError>(with("data.high_pass.hz=0.5")).find("causal"),
            std::string::npos);
  const std::string other = write("other.csv", "ax,ay,gz\n1,2,3\n");
  EXPECT_NE(message_of<ConfigError>([&] { stream(encoder(), {.input = other}); }).find("\"az\""),
            std::string::npos);
  EXPECT_THROW(stream(encoder(), {.input = "-", .end = FileEnd::grows}), ConfigError);
  EXPECT_THROW(stream(encoder(), {.input = folder / "none.csv"}), DataError);
}

TEST_F(StreamTest, RefusesRunsOfTables) {
  run_pretrain(number_recipe(folder, {"train.epochs=1"}), folder / "table", Existing::continue_same,
               {});
  EXPECT_NE(message_of<ConfigError>([&] {
              stream(folder / "table", {.input = folder / "prices.csv"});
            }).find("tacit predict"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
