// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/case_annotation.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class CaseAnnotations : public testing::Test {
 protected:
  CaseAnnotation read(const std::string& content, const std::string& video = "") {
    return {folder_.write("a.csv", content), "jstime", "arousal", video, ratings_};
  }
  std::string said(const std::string& content) {
    return message<DataError>([&] { read(content); });
  }
  TemporaryFolder folder_;
  Ratings ratings_{{0.5, 9.5}, {}};
};

TEST_F(CaseAnnotations, HoldUntilTheNext) {
  CaseAnnotation annotation = read("jstime,valence,arousal\n50,1,9\n100,9,2\n150,1,\n");
  EXPECT_EQ(annotation.at(49.9), "");
  EXPECT_EQ(annotation.at(50), "high");
  EXPECT_EQ(annotation.at(99.9), "high");
  EXPECT_EQ(annotation.at(100), "low");
  EXPECT_EQ(annotation.at(149), "low");
  EXPECT_EQ(annotation.at(150), "");
  EXPECT_EQ(ratings_.notes("annotations").size(), 1u);
}

TEST_F(CaseAnnotations, HoldATenthOfASecondAtMost) {
  CaseAnnotation annotation = read("jstime,valence,arousal\n0,1,9\n1000,1,2\n");
  EXPECT_EQ(annotation.at(100), "high");
  EXPECT_EQ(annotation.at(101), "");
  EXPECT_EQ(annotation.at(1100), "low");
  EXPECT_EQ(annotation.at(1101), "");
}

TEST_F(CaseAnnotations, CountOfTheEightVideosOnly) {
  CaseAnnotation annotation =
      read("jstime,arousal,video\n0,9,10\n50,9,1\n100,9,8\n150,99,11\n200,9,\n", "video");
  EXPECT_EQ(annotation.at(0), "");
  EXPECT_EQ(annotation.at(50), "high");
  EXPECT_EQ(annotation.at(100), "high");
  EXPECT_EQ(annotation.at(150), "");
  EXPECT_EQ(annotation.at(200), "");
  EXPECT_TRUE(ratings_.notes("annotations").empty());
}

TEST_F(CaseAnnotations, NameWhatIsWrong) {
  EXPECT_NE(said("jstime,arousal\n0,1\n0,1\n").find("row 3: jstime is 0"), std::string::npos);
  EXPECT_NE(said("jstime,arousal\n,1\n").find("row 2: jstime is nan"), std::string::npos);
  EXPECT_NE(said("jstime,arousal\n0,much\n").find("\"much\" is not a number"), std::string::npos);
  EXPECT_THROW(read("time,arousal\n0,1\n"), ConfigError);
}

}  // namespace
}  // namespace tacit
