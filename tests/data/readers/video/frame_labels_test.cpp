// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/frame_labels.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class LabelTable : public testing::Test {
 protected:
  LabelRows read(const std::string& content, const LabelColumns& columns) const {
    const auto videos = read_label_rows(folder_.write("a.csv", content), columns, {});
    return videos.size() == 1 ? videos.begin()->second : LabelRows();
  }
  std::string refusal(const std::string& content, const LabelColumns& columns) const {
    return message<DataError>([&] { read(content, columns); });
  }
  TemporaryFolder folder_;
};

TEST_F(LabelTable, GivesTimesNumbersAndSegments) {
  const LabelRows rows = read("t,f,steer,part\n0,3,0.5,x\n50,4,,x\n125,9,-1,y\n200,10,1,x\n",
                              {.label = "steer",
                               .time = "t",
                               .frame = "f",
                               .segment = "part",
                               .unit = FrameTimeUnit::ms,
                               .target = Target::number});
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_DOUBLE_EQ(rows.seconds[2], 0.125);
  EXPECT_EQ(rows.frames, (std::vector<int64_t>{3, 4, 9, 10}));
  EXPECT_EQ(rows.numbers[0], 0.5F);
  EXPECT_TRUE(std::isnan(rows.numbers[1]));
  EXPECT_EQ(rows.segments, (std::vector<int64_t>{0, 0, 1, 2}));
  EXPECT_TRUE(rows.words.empty());
}

TEST_F(LabelTable, GivesClassesByVideo) {
  const auto videos =
      read_label_rows(folder_.write("a.csv", "v,t,c\na,0,left\nb,0,\na,1.5,right\nb,2,left\n"),
                      {.label = "c", .time = "t", .video = "v"}, {});
  ASSERT_EQ(videos.size(), 2U);
  EXPECT_EQ(videos.at("a").words, (std::vector<std::string>{"left", "right"}));
  EXPECT_EQ(videos.at("a").seconds, (std::vector<double>{0, 1.5}));
  EXPECT_EQ(videos.at("b").words, (std::vector<std::string>{"", "left"}));
}

TEST_F(LabelTable, IsRefusedWhereTimesOrNumbersAreWrong) {
  const LabelColumns by_time{.label = "c", .time = "t"}, by_frame{.label = "c", .frame = "t"};
  EXPECT_NE(refusal("t,c\n0,a\n2,a\n2,b\n", by_time).find("row 4: t is 2, and must be above"),
            std::string::npos);
  EXPECT_NE(refusal("t,c\n0,a\n,a\n", by_time).find("row 3: t is missing"), std::string::npos);
  EXPECT_NE(refusal("t,c\n4,a\n3,a\n", by_frame).find("row 3"), std::string::npos);
  EXPECT_NE(refusal("t,c\n0,a\n1.5,a\n", by_frame).find("whole number"), std::string::npos);
  EXPECT_NE(refusal("t,c\n0,a\n1e300,a\n", by_frame).find("whole number"), std::string::npos);
  EXPECT_THROW(read("t,c\n0,a\n", {.label = "none", .time = "t"}), ConfigError);
  EXPECT_NE(refusal("t,c\n0,1\n1,1e300\n", {.label = "c", .time = "t", .target = Target::number})
                .find("row 3: c is"),
            std::string::npos);
}

TEST(RowsByTime, AreTheNearestWithinReach) {
  const std::vector<double> rows{-1, 0.02, 0.06, 0.11, 0.19, 0.35, 2};
  const std::vector<double> frames{0, 0.1, 0.2, 0.3, 0.4};
  const RowsOfFrames found = rows_by_time(rows, frames, 0.05);
  EXPECT_EQ(found.row, (std::vector<int64_t>{1, 3, 4, 5, 5}));
  EXPECT_EQ(found.outside, 2);
  EXPECT_EQ(rows_by_time(rows, frames, 0.015).row, (std::vector<int64_t>{-1, 3, 4, -1, -1}));
  EXPECT_EQ(rows_by_time({}, frames, 1).row, std::vector<int64_t>(5, -1));
  const std::vector<double> tie{0.25, 0.75};
  EXPECT_EQ(rows_by_time(tie, std::vector<double>{0.5}, 0.3).row, std::vector<int64_t>{0});
}

TEST(RowsByTime, AreThoseOfAPlainSearch) {
  std::vector<double> rows, frames;
  for (int i = 0; i < 80; ++i) rows.push_back(0.07 * i + 0.02 * std::sin(5 * i));
  for (int i = 0; i < 60; ++i) frames.push_back(0.1 * i + 0.01 * std::cos(3 * i));
  const RowsOfFrames found = rows_by_time(rows, frames, 0.03);
  for (size_t i = 0; i < frames.size(); ++i) {
    int64_t best = -1;
    for (size_t j = 0; j < rows.size(); ++j) {
      const double away = std::abs(rows[j] - frames[i]);
      if (away <= 0.03 &&
          (best < 0 || away < std::abs(rows[static_cast<size_t>(best)] - frames[i])))
        best = static_cast<int64_t>(j);
    }
    EXPECT_EQ(found.row[i], best) << i;
  }
}

TEST(RowsByNumber, AreThoseOfTheSameNumber) {
  const std::vector<int64_t> rows{1, 3, 4, 9}, frames{2, 3, 4, 5};
  const RowsOfFrames found = rows_by_number(rows, frames);
  EXPECT_EQ(found.row, (std::vector<int64_t>{-1, 1, 2, -1}));
  EXPECT_EQ(found.outside, 2);
}

TEST(Segments, GoOnWhereAFrameHasNoRow) {
  EXPECT_EQ(segments_of_frames({0, 0, 1, 2}, {-1, 1, -1, 2, -1, 3, -1}),
            (std::vector<int64_t>{0, 0, 0, 1, 1, 2, 2}));
  EXPECT_EQ(segments_of_frames({5, 6}, {-1, 1}), (std::vector<int64_t>{6, 6}));
}

}  // namespace
}  // namespace tacit
