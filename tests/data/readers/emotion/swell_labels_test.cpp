// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/swell_labels.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

constexpr double kBegin = 1347974160;  // date -u -d '2012-09-18 13:16' +%s

class SwellTables : public testing::Test {
 protected:
  SwellTables() {
    std::filesystem::create_directories(folder_.path() / "3 - Feature dataset" / "per sensor");
    conditions(
        "PP1,1,20120918T131600000,R,999\nPP1,1,20120918T131700000,T,70\n"
        "PP1,1,20120918T131800000,T,71\nPP1,2,20120918T141600000,N,70\n"
        "PP2,3,20120919T100000500,I,70\n");
    folder_.write("Behavioral-features - per minute.tab",
                  "PP\tBlok\tCondition\tValence_rc\tArousal_rc\tDominance\n"
                  "\"PP1\"\t1\tT\t2\t7\t5\n\"PP1\"\t1\tT\t2\t7\t5\n\"PP2\"\t3\tI\t8\t\t999\n");
  }
  void conditions(const std::string& rows) const {
    folder_.write("3 - Feature dataset/per sensor/D - Physiology features (HR_HRV_SCL - final).csv",
                  "PP,C,timestamp,Condition,HR\n" + rows);
  }
  SwellLabels read(const EmotionConfig& emotion = {.target = EmotionTarget::stress}) const {
    return {folder_.path().string(), emotion};
  }
  std::string said(const EmotionConfig& emotion = {.target = EmotionTarget::stress}) const {
    return message<DataError>([&] { read(emotion); });
  }
  TemporaryFolder folder_;
};

TEST(SwellNames, SayPersonAndBlock) {
  EXPECT_EQ(swell_block("pp1_18-9-2012_c1"), (SwellBlock{1, 1}));
  EXPECT_EQ(swell_block("pp10_8-10-2012-c2"), (SwellBlock{10, 2}));
  EXPECT_EQ(swell_block("pp23_1-11-2012_c2_cont"), (SwellBlock{23, 2}));
  EXPECT_EQ(swell_block("PP3_C3"), (SwellBlock{3, 3}));
  for (const char* const other : {"", "pp1", "pp1_18-9-2012", "p1_c1", "pp1c1", "pp99999_c1"})
    EXPECT_FALSE(swell_block(other)) << other;
}

TEST(SwellNames, SayMoments) {
  EXPECT_EQ(swell_moment("20120918T131600000"), kBegin);
  EXPECT_EQ(swell_moment("20120918T131600500"), kBegin + 0.5);
  EXPECT_EQ(swell_moment("20120918T131600"), kBegin);
  for (const char* const other : {"", "2012-09-18T13:16", "20121318T131600000", "20120918131600000",
                                  "20120918T251600000", "20120918T13160000x"})
    EXPECT_FALSE(swell_moment(other)) << other;
}

TEST_F(SwellTables, HaveConditionsOfMinutes) {
  const SwellLabels all = read({.target = EmotionTarget::stress, .levels = EmotionLevels::all});
  EXPECT_EQ(all.at({1, 1}, kBegin - 0.001), "");
  EXPECT_EQ(all.at({1, 1}, kBegin), "relaxation");
  EXPECT_EQ(all.at({1, 1}, kBegin + 59.9), "relaxation");
  EXPECT_EQ(all.at({1, 1}, kBegin + 60), "time_pressure");
  EXPECT_EQ(all.at({1, 1}, kBegin + 179.9), "time_pressure");
  EXPECT_EQ(all.at({1, 1}, kBegin + 180), "");
  EXPECT_EQ(all.at({1, 2}, kBegin + 3600), "neutral");
  EXPECT_EQ(all.at({1, 3}, kBegin), "");
  const SwellLabels two = read();
  EXPECT_EQ(two.at({1, 1}, kBegin), "");
  EXPECT_EQ(two.at({1, 1}, kBegin + 60), "stress");
  EXPECT_EQ(two.at({1, 2}, kBegin + 3600), "no_stress");
  EXPECT_EQ(two.at({2, 3}, kBegin + 86400 - 11760 + 0.5), "stress");
}

TEST_F(SwellTables, SayWhetherAMinuteLiesBetween) {
  const SwellLabels labels = read();
  EXPECT_TRUE(labels.has_minute({1, 1}, kBegin - 10, kBegin + 1));
  EXPECT_TRUE(labels.has_minute({1, 1}, kBegin + 170, kBegin + 171));
  EXPECT_FALSE(labels.has_minute({1, 1}, kBegin + 181, kBegin + 500));
  EXPECT_FALSE(labels.has_minute({1, 1}, kBegin - 10, kBegin));
  EXPECT_FALSE(labels.has_minute({1, 3}, kBegin, kBegin + 60));
}

TEST_F(SwellTables, HaveRatingsOfBlocksButNotOfRelaxing) {
  const SwellLabels arousal = read({.target = EmotionTarget::arousal});
  EXPECT_EQ(arousal.at({1, 1}, kBegin), "");
  EXPECT_EQ(arousal.at({1, 1}, kBegin + 60), "high");
  EXPECT_EQ(arousal.at({1, 2}, kBegin + 3600), "");  // was not rated
  EXPECT_EQ(arousal.notes().size(), 1u);
  const SwellLabels valence =
      read({.target = EmotionTarget::valence, .levels = EmotionLevels::all});
  EXPECT_EQ(valence.at({1, 1}, kBegin + 60), "2");
  EXPECT_EQ(read({.target = EmotionTarget::dominance}).notes().size(), 1u);
}

TEST_F(SwellTables, MayBeSavedAsCsv) {
  std::filesystem::remove(folder_.path() / "Behavioral-features - per minute.tab");
  EXPECT_NE(said({.target = EmotionTarget::arousal}).find("save its sheet as CSV"),
            std::string::npos);
  folder_.write("Behavioral-features - per minute.csv", "PP,Blok,Arousal_rc\nPP1,1,2\n");
  EXPECT_EQ(read({.target = EmotionTarget::arousal}).at({1, 1}, kBegin + 60), "low");
}

TEST_F(SwellTables, NameWhatIsWrong) {
  const auto why = [&](const std::string& rows) {
    conditions(rows);
    return said();
  };
  EXPECT_NE(why("P1,1,20120918T131600000,R,1\n").find("row 2: \"P1\" is no person"),
            std::string::npos);
  EXPECT_NE(why("PP1,4,20120918T131600000,R,1\n").find("block 4 is not 1, 2 or 3"),
            std::string::npos);
  EXPECT_NE(why("PP1,,20120918T131600000,R,1\n").find("block nan"), std::string::npos);
  EXPECT_NE(why("PP1,1,13:16,R,1\n").find("timestamp \"13:16\""), std::string::npos);
  EXPECT_NE(why("PP1,1,20120918T131600000,X,1\n").find("condition \"X\""), std::string::npos);
  EXPECT_NE(why("PP1,1,20120918T131600000,,1\n").find("condition \"\""), std::string::npos);
  std::filesystem::remove_all(folder_.path() / "3 - Feature dataset");
  EXPECT_NE(said().find("holds no file \"D - Physiology features\""), std::string::npos) << said();
}

}  // namespace
}  // namespace tacit
