// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/ratings.h"

#include <gtest/gtest.h>

#include <limits>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(Ratings, AreHighAboveTheMiddleOfTheScale) {
  Ratings ratings({1, 9}, {});
  EXPECT_EQ(ratings.word(5), "low");
  EXPECT_EQ(ratings.word(5.01), "high");
  EXPECT_EQ(ratings.word(9), "high");
  EXPECT_TRUE(ratings.notes("recordings").empty());
}

TEST(Ratings, AreHighAboveTheThresholdThatIsAskedFor) {
  Ratings ratings({1, 5}, {.threshold = 3.5});
  EXPECT_EQ(ratings.word(3.5), "low");
  EXPECT_EQ(ratings.word(4), "high");
  const auto said = message<ConfigError>([] { Ratings({1, 5}, {.threshold = 5}); });
  EXPECT_NE(said.find("between 1 and 5"), std::string::npos) << said;
}

TEST(Ratings, AreWholeNumbersOfTheScaleWhereAllAreAskedFor) {
  Ratings ratings({0.5, 9.5}, {.levels = EmotionLevels::all});
  EXPECT_EQ(ratings.word(4.4), "4");
  EXPECT_EQ(ratings.word(4.5), "5");
  EXPECT_EQ(ratings.word(9.5), "9");  // 10 is none of the scale
  EXPECT_EQ(ratings.word(0.5), "1");
}

TEST(Ratings, AreThemselvesWhereTheyAreAskedForExactly) {
  Ratings ratings({1, 9}, {.levels = EmotionLevels::exact});
  EXPECT_EQ(ratings.word(7.23), "7.23");
  EXPECT_EQ(ratings.word(4.99999), "5");
}

TEST(Ratings, CountWhatIsNone) {
  Ratings ratings({1, 9}, {.target = EmotionTarget::valence});
  EXPECT_EQ(ratings.word(std::numeric_limits<double>::quiet_NaN()), "");
  EXPECT_EQ(ratings.word(999), "");
  EXPECT_EQ(ratings.word(0), "");
  EXPECT_EQ(ratings.word(9.0000001), "high");  // what a program rounded
  const std::vector<std::string> notes = ratings.notes("blocks");
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[0], "1 blocks have no rating of valence and are unlabelled");
  EXPECT_NE(notes[1].find("2 blocks have a rating of valence that is not between 1 and 9"),
            std::string::npos);
}

TEST(Ratings, SayWhatASetIsRatedOn) {
  const EmotionConfig asked{.target = EmotionTarget::dominance};
  EXPECT_NO_THROW(require_target(asked, "amigos", {EmotionTarget::dominance}));
  EXPECT_EQ(message<ConfigError>([&] {
              require_target(asked, "case", {EmotionTarget::arousal, EmotionTarget::valence});
            }),
            "data.emotion.target: case has no dominance; it has arousal, valence");
}

}  // namespace
}  // namespace tacit
