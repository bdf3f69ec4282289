// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/swell.h"

#include <gtest/gtest.h>

#include "tests/data/readers/emotion/hearts.h"
#include "tests/data/readers/emotion/poly5_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr int16_t kRate = 128;  // of the files here; those published have 2048

class Swell : public testing::Test {
 protected:
  Swell() {
    fs::create_directories(mobi());
    fs::create_directories(folder_.path() / "3 - Feature dataset");
    folder_.write("3 - Feature dataset/D - Physiology features (HR_HRV_SCL - final).csv",
                  "PP,C,timestamp,Condition\nPP1,1,20120918T131600000,R\n"
                  "PP1,1,20120918T131700000,T\nPP2,3,20120918T131600000,N\n");
  }
  fs::path mobi() const { return folder_.path() / "0 - Raw data" / "Mobi signals"; }
  /// Eight signals, the last a heart in `unit` of which a mV has 1000.
  void write(const std::string& name, int64_t recording, const Poly5Writer& writer,
             const std::string& unit = "\xB5V") const {
    const std::vector<float> ecg = heart(recording, kRate, 90);
    std::vector<Poly5Channel> channels;
    for (int i = 0; i < 7; ++i)
      channels.push_back({.name = text("A{}", i + 1),
                          .unit = "mV",
                          .samples = std::vector<float>(ecg.size(), static_cast<float>(i))});
    channels.push_back({.name = "Heart", .unit = unit, .samples = ecg, .unit_high = 1000});
    folder_.write((mobi() / name).lexically_relative(folder_.path()).string(),
                  writer.file(channels));
  }
  static Poly5Writer writer() { return {.rate_hz = kRate, .periods = 90 * kRate}; }
  Signals read(const EmotionConfig& emotion = {.target = EmotionTarget::stress}) const {
    return read_swell(asked_, emotion, folder_.path().string());
  }
  std::string said() const {
    return message<DataError>([&] { read(); });
  }
  TemporaryFolder folder_;
  LongFormConfig asked_{.path = folder_.path().string(), .channels = {"ecg"}};
};

TEST_F(Swell, HasTheHeartInMillivolts) {
  write("pp1_18-9-2012_c1.S00", 0, writer());
  write("pp2_18-9-2012-c3.S00", 1, writer());
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 2u);
  EXPECT_EQ(signals.recordings[0].name, "pp1_18-9-2012_c1");
  EXPECT_EQ(signals.recordings[0].subject, "PP1");
  EXPECT_EQ(signals.recordings[1].subject, "PP2");
  EXPECT_EQ(signals.recordings[1].rate_hz, kRate);
  for (int64_t i = 0; i < 2; ++i) {
    const auto read_back = samples_of(signals.recordings[static_cast<size_t>(i)]);
    const auto written = heart(i, kRate, 90);
    ASSERT_EQ(read_back.size(), written.size());
    for (size_t row = 0; row < written.size(); ++row)
      ASSERT_NEAR(read_back[row], written[row], 1e-6);
  }
  EXPECT_EQ(signals.notes.at(0), "ecg is signal 8, \"Heart\", of the files, in mV");
}

TEST_F(Swell, HasConditionsByTheClock) {
  Poly5Writer late = writer();
  late.start = {2012, 9, 18, 2, 13, 16, 15};
  write("pp1_18-9-2012_c1.S00", 0, late);
  const Signals signals = read({.target = EmotionTarget::stress, .levels = EmotionLevels::all});
  const Recording& only = signals.recordings.at(0);
  EXPECT_EQ(words_of(signals, only), (std::vector<std::string>{"relaxation", "time_pressure"}));
  EXPECT_EQ(only.labels[0].end, 45 * kRate);
}

TEST_F(Swell, IsUnlabelledWhereTheClockDoesNotFit) {
  Poly5Writer other = writer(), unknown = writer();
  other.start = {2012, 9, 19, 3, 13, 16, 0};
  unknown.start = std::vector<int16_t>(7, 0);
  write("pp1_18-9-2012_c1.S00", 0, other);
  write("pp2_18-9-2012_c3.S00", 0, unknown);
  const Signals signals = read();
  EXPECT_TRUE(signals.classes.empty());
  ASSERT_EQ(signals.notes.size(), 3u);
  EXPECT_EQ(signals.notes[1],
            "no minute of the table is within pp1_18-9-2012_c1, which is "
            "unlabelled");
  EXPECT_EQ(signals.notes[2], "pp2_18-9-2012_c3 does not say when it began, and is unlabelled");
}

TEST_F(Swell, HasSignalsByTheirNames) {
  write("pp1_18-9-2012_c1.S00", 0, writer(), "bpm");
  asked_.channels = {"A3", "ecg"};
  asked_.scale = {10, 1};
  const Signals signals = read();
  EXPECT_EQ(signals.recordings[0].samples[0][5].item<float>(), 20);
  EXPECT_NE(signals.notes.at(0).find("in \"bpm\""), std::string::npos);
  asked_.channels = {"A9", "ecg"};
  EXPECT_NE(message<ConfigError>([&] { read(); }).find("available: ecg, A1"), std::string::npos);
}

TEST_F(Swell, NamesWhatIsWrong) {
  EXPECT_FALSE(is_swell(folder_.path() / "0 - Raw data"));
  EXPECT_TRUE(is_swell(folder_.path()));
  EXPECT_NE(said().find("holds no .S00"), std::string::npos) << said();
  write("a.S00", 0, writer());
  EXPECT_NE(said().find("a.S00: its name does not say person and block"), std::string::npos);
  fs::remove(mobi() / "a.S00");
  folder_.write("0 - Raw data/Mobi signals/pp1_c1.S00",
                Poly5Writer{}.file({{.name = "A1", .unit = "mV", .samples = {1, 2}}}));
  EXPECT_NE(said().find("it has 1 signals, and the heart is signal 8"), std::string::npos);
}

}  // namespace
}  // namespace tacit
