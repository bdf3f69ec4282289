// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/case.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>

#include "tests/data/readers/emotion/hearts.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

std::ostringstream table(const std::string& heading) {
  std::ostringstream out;
  out.precision(std::numeric_limits<float>::max_digits10);
  out << heading << "\n";
  return out;
}

class Case : public testing::Test {
 protected:
  /// A second of a person: a start, video 3, blue, video 7, of 260 ms each; while a video is seen,
  /// arousal rises in its middle. Annotations are 50 ms apart, so that none is where a video ends.
  void write_case(const std::string& name, int64_t recording) const {
    const fs::path folder = folder_.path() / "data" / "interpolated";
    fs::create_directories(folder / "physiological");
    fs::create_directories(folder / "annotations");
    const std::vector<float> ecg = heart(recording, 1000, 1);
    const auto video = [](size_t ms) { return std::vector<int>{10, 3, 11, 7}[ms / 260]; };
    std::ostringstream signals = table("daqtime,ecg,bvp,video"),
                       annotation = table("jstime,valence,arousal,video");
    for (size_t ms = 0; ms < ecg.size(); ++ms)
      signals << ms << "," << ecg[ms] << ",2.5," << video(ms) << "\n";
    for (size_t ms = 0; ms < ecg.size(); ms += 50)
      annotation << ms << ",8," << (ms % 260 < 100 ? 2.5 : 7.5) << "," << video(ms) << "\n";
    folder_.write("data/interpolated/physiological/" + name + ".csv", signals.str());
    folder_.write("data/interpolated/annotations/" + name + ".csv", annotation.str());
  }

  /// A person's video in EPiC, from `begin` on, with annotations of half a second from 100 ms on.
  void write_epic(const std::string& folder, const std::string& name, int64_t begin,
                  const std::string& rating) const {
    fs::create_directories(folder_.path() / folder / "physiology");
    fs::create_directories(folder_.path() / folder / "annotations");
    const std::vector<float> ecg = heart(0, 1000, 1);
    std::ostringstream signals = table("time,ecg"), annotation = table("time,valence,arousal");
    for (size_t ms = 0; ms < ecg.size(); ++ms)
      signals << begin + static_cast<int64_t>(ms) << "," << ecg[ms] << "\n";
    for (int64_t ms = 100; ms <= 600; ms += 50)
      annotation << begin + ms << "," << rating << "," << rating << "\n";
    folder_.write(folder + "/physiology/" + name + ".csv", signals.str());
    folder_.write(folder + "/annotations/" + name + ".csv", annotation.str());
  }

  Signals read(const EmotionConfig& emotion = {}) const {
    return read_case(asked_, emotion, folder_.path().string());
  }
  template <class E = DataError>
  std::string said() const {
    return message<E>([&] { read(); });
  }
  TemporaryFolder folder_;
  LongFormConfig asked_{.path = folder_.path().string(), .channels = {"ecg"}};
};

using Words = std::vector<std::string>;

TEST_F(Case, HasTheHeartOfEachVideo) {
  write_case("sub_1", 0);
  write_case("sub_12", 1);
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 8u);
  const Recording& first = signals.recordings[1];
  EXPECT_EQ(first.name, "sub_1/vid_3");
  EXPECT_EQ(first.subject, "sub_1");
  EXPECT_EQ(first.rate_hz, 1000);
  EXPECT_EQ(first.start_seconds, 0.26);
  EXPECT_EQ(signals.recordings[7].name, "sub_12/vid_7");
  std::vector<float> all;
  for (size_t i = 0; i < 4; ++i)
    for (const float value : samples_of(signals.recordings[i])) all.push_back(value);
  EXPECT_EQ(all, heart(0, 1000, 1));
}

TEST_F(Case, HasAnnotationsThatChangeWithinAVideo) {
  write_case("sub_1", 0);
  const Signals signals = read();
  EXPECT_EQ(words_of(signals, signals.recordings[0]), Words{""});
  EXPECT_EQ(words_of(signals, signals.recordings[1]), (Words{"", "low", "high"}));
  EXPECT_EQ(signals.recordings[1].labels[1].begin, 40);
  EXPECT_EQ(signals.recordings[1].labels[1].end, 140);
  EXPECT_EQ(words_of(signals, signals.recordings[2]), Words{""});
  const Signals valence = read({.target = EmotionTarget::valence, .levels = EmotionLevels::all});
  EXPECT_EQ(words_of(valence, valence.recordings[3]), (Words{"", "8"}));
  EXPECT_THROW(read({.target = EmotionTarget::dominance}), ConfigError);
}

TEST_F(Case, HasGapsWhereTimeJumps) {
  write_case("sub_1", 0);
  std::string rows = "daqtime,ecg,video\n";
  for (const int ms : {0, 1, 2, 5, 6, 1000}) rows += text("{},{},10\n", ms, ms);
  folder_.write("data/interpolated/physiological/sub_1.csv", rows);
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 2u);
  EXPECT_EQ(samples_of(signals.recordings[0]), (std::vector<float>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(signals.recordings[1].start_seconds, 1);
}

TEST_F(Case, IsReadAsEpicToo) {
  write_epic("scenario_1/train", "sub_1_vid_2", 0, "9");
  write_epic("scenario_1/test", "sub_1_vid_2", 60000, "");
  asked_.path = (folder_.path() / "scenario_1").string();
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 2u);
  EXPECT_EQ(signals.recordings[0].name, "test/sub_1_vid_2");
  EXPECT_EQ(signals.recordings[0].subject, "sub_1");
  EXPECT_EQ(signals.recordings[0].start_seconds, 60);
  EXPECT_EQ(words_of(signals, signals.recordings[0]), Words{""});  // what is to be predicted
  EXPECT_EQ(samples_of(signals.recordings[1]), heart(0, 1000, 1));
  EXPECT_EQ(words_of(signals, signals.recordings[1]), (Words{"", "high", ""}));
  EXPECT_EQ(signals.recordings[1].labels[1].begin, 100);
  EXPECT_EQ(signals.recordings[1].labels[1].end, 701);
  EXPECT_EQ(signals.notes.back(), "11 annotations have no rating of arousal and are unlabelled");
}

TEST_F(Case, DoesNotReadFoldsOfEpicTogether) {
  write_epic("scenario_2/fold_0/train", "sub_1_vid_2", 0, "9");
  write_epic("scenario_2/fold_1/train", "sub_1_vid_2", 0, "9");
  EXPECT_NE(said<ConfigError>().find("train/sub_1_vid_2 more than once"), std::string::npos);
  asked_.path = (folder_.path() / "scenario_2" / "fold_1").string();
  EXPECT_EQ(read().recordings.size(), 1u);
}

TEST_F(Case, IsFoundByItsFolders) {
  EXPECT_FALSE(is_case(folder_.path()));
  write_case("sub_1", 0);
  EXPECT_TRUE(is_case(folder_.path()));
  EXPECT_TRUE(is_case(folder_.path() / "data"));
  EXPECT_TRUE(is_case(folder_.path() / "data" / "interpolated"));
  write_epic("scenario_1/train", "sub_1_vid_2", 0, "9");
  EXPECT_TRUE(is_case(folder_.path() / "scenario_1"));
  EXPECT_TRUE(is_case(folder_.path() / "scenario_1" / "train"));
}

TEST_F(Case, NamesWhatIsWrong) {
  folder_.write("other.csv", "a,b\n1,2\n");
  EXPECT_NE(said().find("holds neither physiological/sub_1.csv"), std::string::npos) << said();
  write_case("sub_1", 0);
  const auto rows = [&](const std::string& content) {
    folder_.write("data/interpolated/physiological/sub_1.csv", "daqtime,ecg,video\n" + content);
    return said();
  };
  EXPECT_NE(rows("0.000,1,3\n0.001,1,3\n").find("a sample a ms is wanted"), std::string::npos);
  EXPECT_NE(rows("5,1,3\n4,1,3\n").find("row 3: time 4 ms follows 5 ms"), std::string::npos);
  EXPECT_NE(rows(",1,3\n").find("row 2: nan is no time"), std::string::npos);
  EXPECT_NE(rows("1e300,1,3\n").find("is no time"), std::string::npos);
  EXPECT_NE(rows("0,1e300,3\n").find("beyond 3.4e38"), std::string::npos);
  EXPECT_NE(rows("0,1\n").find("2 cells"), std::string::npos);
  EXPECT_NE(rows("").find("there is no whole row"), std::string::npos) << rows("");
  fs::remove(folder_.path() / "data/interpolated/annotations/sub_1.csv");
  EXPECT_NE(rows("0,1,3\n").find("annotations/sub_1.csv"), std::string::npos) << rows("0,1,3\n");
  asked_.channels = {"emg"};
  EXPECT_NE(said<ConfigError>().find("available: ecg, bvp"), std::string::npos);
}

/// Samples without a video, and those whose number changes in the dark.
TEST_F(Case, HasRowsWithoutAVideo) {
  write_case("sub_1", 0);
  folder_.write("data/interpolated/physiological/sub_1.csv",
                "daqtime,ecg,video\n0,1,\n1,2,\n2,3,3\n3,4,3\n");
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 2u);
  EXPECT_EQ(signals.recordings[0].name, "sub_1");
  EXPECT_EQ(signals.recordings[0].length(), 2);
  EXPECT_EQ(signals.recordings[1].name, "sub_1/vid_3");
}

}  // namespace
}  // namespace tacit
