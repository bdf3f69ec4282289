// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init.h"

#include <set>

#include "tacit/run/init_recipe.h"
#include "tacit/run/pretrain.h"
#include "tests/data/readers/npy_files.h"
#include "tests/run/habits.h"
#include "tests/run/tiny.h"

namespace tacit {
namespace {

class InitTest : public FolderTest {
 protected:
  /// The recipe that init writes, read back.
  Recipe recipe_for(const std::filesystem::path& data,
                    const std::vector<std::string>& overrides = {}) {
    const std::filesystem::path file = folder / "recipe.toml";
    write_file(file, {write_recipe(look_at(data, overrides), "Written")});
    return load_recipe(file.string(), {});
  }

  std::filesystem::path csv(const std::string& content) {
    write(folder / "data.csv", content);
    return folder / "data.csv";
  }

  std::string refusal(const std::filesystem::path& data,
                      const std::vector<std::string>& overrides = {}) {
    return message_of<DataError>([&] { look_at(data, overrides); });
  }
};

bool says(const std::string& all, const std::string& part) {
  return all.find(part) != std::string::npos;
}

bool any_says(const std::vector<std::string>& sentences, const std::string& part) {
  return std::any_of(sentences.begin(), sentences.end(),
                     [&](const std::string& each) { return says(each, part); });
}

TEST_F(InitTest, WritesARunningRecipeForNineOfTenHabits) {
  for (const Habit& habit : habits()) {
    SCOPED_TRACE(habit.name);
    Recipe recipe;
    ASSERT_NO_THROW(recipe = recipe_for(habit.write_down(folder / habit.name)));
    const Signals signals = load_signals(recipe.data);
    EXPECT_EQ(signals.channels.size(), habit.channels);
    EXPECT_EQ(signals.classes, habit.classes);
    std::set<std::string> people;
    int64_t samples = 0;
    for (const Recording& recording : signals.recordings) {
      people.insert(recording.subject);
      samples += recording.length();
      EXPECT_NEAR(recording.rate_hz, habit.rate_hz, 0.01);
    }
    EXPECT_EQ(people.size(), habit.people);
    EXPECT_FALSE(people.contains(""));
    EXPECT_GE(samples, 4 * 3 * 160 - 4 * 55);  // all rows but a gap of a second
    EXPECT_LE(samples, 4 * 3 * 160);
    EXPECT_EQ(recipe.data.split.by, SplitBy::subject);
  }
}

TEST_F(InitTest, RefusesTheTenthHabitWithATrueSentence) {
  const Motion motion;
  std::string out = ",attitude.roll,acc.x,acc.y,acc.z,subject,activity\n";
  motion.each([&](size_t p, size_t a, int row) {
    out += std::to_string(row) + axes(motion, p, a, row, ",") +
           axes(motion, p, a, row, ",").substr(0, 7) + "," + motion.people[p] + "," +
           motion.activities[a] + "\n";
  });
  const auto file = csv(out);
  EXPECT_PRED2(says, refusal(file),
               "no column holds times, so nobody can tell how many samples a second it has");
  const Recipe recipe = recipe_for(file, {"data.file_rate_hz=50"});  // what the sentence says helps
  EXPECT_EQ(load_signals(recipe.data).recordings.size(), 4);
}

TEST_F(InitTest, ItsRecipesTrainAsTheyStand) {
  const std::vector<std::string> quick{"train.epochs=1", "encoder.filters=[4, 4, 4]",
                                       "method.hidden=4"};
  for (const Habit& habit : habits()) {
    SCOPED_TRACE(habit.name);
    const std::filesystem::path file = folder / (habit.name + ".toml");
    write_file(file,
               {write_recipe(look_at(habit.write_down(folder / habit.name), {}), habit.name)});
    EXPECT_NO_THROW(run_pretrain(load_recipe(file.string(), quick), folder / (habit.name + "_run"),
                                 Existing::continue_same, {}));
  }
}

TEST_F(InitTest, KeepsTheOrderOfAxesAndTheValues) {
  const Recipe recipe = recipe_for(habits()[2].write_down(folder));
  EXPECT_EQ(recipe.data.file.channels.front(), "Acceleration X");
  const Signals signals = load_signals(recipe.data);
  const Motion motion;
  for (const int channel : {0, 4})
    EXPECT_NEAR(signals.recordings[1].samples[channel][7].item<double>(),
                motion.value(1, 0, 7, channel), 1e-3);
}

TEST_F(InitTest, WritesARecipeForNumbersOfSignals) {
  std::string rows = "subject,t,speed,ax,ay,az\n";
  for (int who = 1; who <= 4; ++who)
    for (int step = 0; step < 600; ++step)
      rows += text("{},{},{},{},0.5,1\n", who, 0.02 * step, step / 100, step % 7);
  const Recipe recipe =
      recipe_for(csv(rows), {"data.label=speed", "data.target=number", "data.time_unit=s"});
  EXPECT_EQ(recipe.data.target, Target::number);
  EXPECT_EQ(recipe.curve.metric, Metric::r2);
  EXPECT_EQ(recipe.finetune.label_smoothing, 0);
  EXPECT_EQ(load_examples(recipe.data)->target(), Target::number);
}

TEST_F(InitTest, NeverOverrulesWhatIsSaid) {
  const auto file = habits()[0].write_down(folder);
  const Findings found = look_at(
      file, {"data.channels=['az', 'ax']", "data.window.length=50", "data.split.test=['bob']"});
  EXPECT_EQ(found.data.file.channels, (std::vector<std::string>{"az", "ax"}));
  EXPECT_EQ(found.data.window.length.value, 50);
  EXPECT_EQ(found.data.split.test, Json::array({"bob"}));
  EXPECT_FALSE(found.triads);
  EXPECT_THROW(look_at(file, {"data.chanels=['az']"}), ConfigError);
  EXPECT_THROW(look_at(file, {"train.epochs=3"}), ConfigError);
}

TEST_F(InitTest, BringsRecordingsOfDifferentRatesToTheLowest) {
  Motion fast;
  fast.rate_hz = 100;
  const Motion slow;
  const auto rows = [](const Motion& motion, size_t person) {
    std::string out = "t,ax,ay,az,label\n";
    motion.each([&](size_t p, size_t a, int row) {
      if (p == person)
        out += fixed(motion.seconds(a, row), 3) + axes(motion, p, a, row, ",") + "," +
               motion.activities[a] + "\n";
    });
    return out;
  };
  for (size_t p = 0; p < 4; ++p)
    write(folder / "both" / ("user" + std::to_string(p) + ".csv"), rows(p < 2 ? fast : slow, p));
  const Findings found = look_at(folder / "both", {});
  EXPECT_EQ(found.data.rate_hz, 50);
  EXPECT_TRUE(any_says(found.warnings, "different rates, 50 … 100 Hz"));
  EXPECT_EQ(found.data.file.path_pattern, "user{subject}");
}

TEST_F(InitTest, ReportsSaturationJitterGapsAndBalance) {
  std::string out = "t,who,label,ax,ay,az\n";
  for (const char* const who : {"a", "b", "c"})
    for (int row = 0; row < 400; ++row)
      out += fixed(row * 0.02 + (row % 2) * 0.004 + (row >= 300 ? 1 : 0), 3) + "," + who + "," +
             (row < 300 ? "sit" : "run") + "," +
             fixed(std::min(1.0, 1.3 * std::sin(row * 0.1)), 3) + "," +
             fixed(std::cos(row * 0.1), 3) + "," + fixed(std::sin(row * 0.07), 3) + "\n";
  const Findings found = look_at(csv(out), {});
  EXPECT_TRUE(any_says(found.warnings, "channel \"ax\" sits at its extreme"));
  EXPECT_FALSE(any_says(found.warnings, "channel \"ay\" sits"));
  EXPECT_TRUE(any_says(found.facts, "steps vary by 20 %"));
  EXPECT_TRUE(any_says(found.facts, "3 steps in time are longer than 1.5 periods"));
  EXPECT_TRUE(any_says(found.facts, "windows of each class: run"));
}

TEST_F(InitTest, CountsOnTheRowsOfAClockOfWholeSeconds) {
  std::string out = "time,user,label,x,y,z\n";
  for (const char* const who : {"a", "b", "c"})
    for (int row = 0; row < 400; ++row)
      out += clock(row / 20, "2024-03-05 ").substr(0, 19) + "," + who + "," +
             (row < 200 ? "sit" : "run") + "," + fixed(std::sin(row), 3) + "," +
             fixed(std::cos(row), 3) + "," + fixed(std::sin(row * 0.7), 3) + "\n";
  const Findings found = look_at(csv(out), {});
  EXPECT_EQ(found.data.file.time, "");
  EXPECT_EQ(found.data.file.file_rate_hz, 20);
  EXPECT_TRUE(any_says(found.assumptions, "stands still for 20 rows at a time"));
}

TEST_F(InitTest, RefusesAChannelWithItsOwnClock) {
  std::string out = "acc_time,acc_x,acc_y,acc_z,gyro_time,gyro_x,gyro_y,gyro_z\n";
  for (int row = 0; row < 300; ++row)
    out += fixed(row * 0.02, 3) + ",0.1,0." + std::to_string(row) + ",1.5," +
           fixed(row * 0.0203, 4) + ",0.2,0." + std::to_string(row) + ",1\n";
  EXPECT_PRED2(says, refusal(csv(out)), "\"acc_time\" and \"gyro_time\" are two clocks");
}

TEST_F(InitTest, RefusesSensorsThatWriteRowsOfTheirOwn) {
  std::string out = "t,ax,ay,az,gx,gy,gz\n";
  for (int row = 0; row < 300; ++row)
    out += fixed(row * 0.01, 3) +
           (row % 2 == 0 ? "," + fixed(row * 0.1, 3) + ",1.5," + std::to_string(row) + ",,,\n"
                         : ",,,,0.5," + fixed(row * 0.3, 3) + ",1\n");
  EXPECT_PRED2(says, refusal(csv(out)), "sensors write rows of their own");
}

TEST_F(InitTest, RefusesWhatCannotBeToldFromTheTimes) {
  const auto file = [&](const std::function<std::string(int)>& time) {
    std::string out = "when,time,ax\n";
    for (int row = 0; row < 400; ++row)
      out += "x," + time(row) + "," + fixed(std::sin(row), 3) + "\n";
    return csv(out);
  };
  EXPECT_PRED2(says, refusal(file([](int row) { return std::to_string(row); })),
               "only counts rows");
  EXPECT_PRED2(says, refusal(file([](int row) { return std::to_string(row * 700.5); })),
               "in which unit");
  EXPECT_PRED2(says, refusal(file([](int row) { return std::to_string(row * 7 % 10 * 0.01); })),
               "times go back and forth");
}

TEST_F(InitTest, RefusesFilesOfDifferentKindsAndFilesThatAreNone) {
  write(folder / "mixed/a.csv", "t,ax\n0.0,1.5\n0.1,2.5\n");
  write(folder / "mixed/people.csv", "code,age\n1,46\n");
  EXPECT_PRED2(says, refusal(folder / "mixed"), "people.csv has the columns age, code");
  EXPECT_PRED2(says, refusal(csv("")), "the file is empty");
  EXPECT_PRED2(says, refusal(csv(std::string("PK\3\4\0\0\0", 7))), "no UTF-8 text");
  EXPECT_PRED2(says, refusal(csv("one\ntwo\nthree\n")),
               "cuts its lines into the same number of columns");
  EXPECT_PRED2(says, refusal(csv("name,town\nann,Ulm\nbob,Bonn\n")), "no column holds a signal");
  EXPECT_PRED2(says, refusal(csv("t,ax\n0.0,1.5\n0.1\n")),
               "row 3 has 1 cells but the heading has 2");
  EXPECT_PRED2(says, refusal(folder / "nowhere.csv"), "nowhere.csv");
}

TEST_F(InitTest, KnowsSetsAsTheirAuthorsPublishThem) {
  std::string out;
  for (const int user : {1, 2, 3})
    for (int row = 0; row < 300; ++row)
      out += std::to_string(user) + "," + (row < 150 ? "Jogging" : "Sitting") + "," +
             std::to_string(1000000000 + int64_t{50000000} * row) + "," + fixed(std::sin(row), 3) +
             ",1.5," + fixed(std::cos(row), 3) + ";\n";
  write(folder / "wisdm/WISDM_ar_v1.1/WISDM_ar_v1.1_raw.txt", out);
  const Recipe recipe = recipe_for(folder / "wisdm/");
  EXPECT_EQ(recipe.data.source, Source::wisdm);
  EXPECT_EQ(load_signals(recipe.data).recordings.size(), 3);
  write(folder / "wisdm/WISDM_ar_v1.1/WISDM_ar_v1.1_raw.txt", out.substr(0, out.find("\n2,") + 1));
  EXPECT_NE(message_of<ConfigError>([&] { look_at(folder / "wisdm", {}); }).find("one subject"),
            std::string::npos);
}

TEST_F(InitTest, UsesWindowsOfNumpyAsTheyWereCut) {
  std::vector<float> x(40 * 50 * 3);
  for (size_t i = 0; i < x.size(); ++i) x[i] = std::sin(0.1F * static_cast<float>(i));
  std::vector<int64_t> y, people;
  for (int64_t i = 0; i < 40; ++i) y.push_back(i % 2), people.push_back(i / 10);
  write(folder / "np/X.npy", npy("<f4", "40, 50, 3", bytes_of(x)));
  write(folder / "np/Y.npy", npy("<i8", "40,", bytes_of(y)));
  EXPECT_PRED2(says, refusal(folder / "np"), "data.file_rate_hz=30");
  EXPECT_PRED2(says, refusal(folder / "np", {"data.file_rate_hz=30"}), "there is no pid.npy");
  write(folder / "np/pid.npy", npy("<i8", "40,", bytes_of(people)));
  const Recipe recipe = recipe_for(folder / "np", {"data.file_rate_hz=30"});
  const SignalWindows windows(load_signals(recipe.data), recipe.data.window);
  EXPECT_EQ(windows.size(), 40);
  EXPECT_EQ(windows.length(), 50);
  DataConfig leaking = recipe.data;
  leaking.split.by = SplitBy::row;
  EXPECT_THROW(load_signals(leaking), ConfigError);
}

TEST_F(InitTest, SplitsByWhatThereIs) {
  const auto file = [&](int recordings) {
    std::string out = "session,t,label,ax,ay,az\n";
    for (int session = 0; session < recordings; ++session)
      for (int row = 0; row < 300; ++row)
        out += std::to_string(session) + "," + fixed(row * 0.02, 2) + "," +
               (row < 150 ? "sit" : "run") + "," + fixed(std::sin(row), 3) + "," +
               fixed(std::cos(row), 3) + "," + fixed(std::sin(row * 0.7), 3) + "\n";
    return csv(out);
  };
  EXPECT_EQ(look_at(file(4), {}).data.split.by, SplitBy::recording);
  const Findings one = look_at(file(1), {});
  EXPECT_EQ(one.data.split.by, SplitBy::row);
  EXPECT_EQ(one.data.window.overlap, 0);
  EXPECT_TRUE(any_says(one.warnings, "scores will flatter"));
}

}  // namespace
}  // namespace tacit
