// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/clip_overview.h"

#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <limits>

namespace tacit {
namespace {

/// Ten frames a second of 2 x 4 pixels, with a pause of 5 s behind the sixth of ten.
Video paused(const std::string& name) {
  Video video{.name = name,
              .rate_hz = 10,
              .frames = std::make_shared<const HeldFrames>(at::zeros({10, 1, 2, 4}, at::kByte))};
  for (int64_t i = 0; i < 10; ++i) {
    video.seconds.push_back(0.1 * static_cast<double>(i) + (i < 6 ? 0 : 5));
    video.numbers.push_back(static_cast<float>(i));
    video.labels.push_back(i < 8 ? 0 : -1);
  }
  return video;
}

Videos two_videos() {
  Video other = paused("b");
  other.subject = "ann";
  other.numbers[9] = std::numeric_limits<float>::quiet_NaN();
  return {.videos = {paused("a"), other}, .classes = {"left"}, .notes = {"a note"}};
}

TEST(OverviewOfClips, CountsTakesClipsAndMinutesWithoutPauses) {
  const ClipOverview seen = overview(Clips(two_videos(), {.frames = 2, .step = 2}));
  ASSERT_EQ(seen.videos.size(), 2U);
  EXPECT_EQ(seen.videos[0].takes, 2);
  EXPECT_EQ(seen.videos[0].clips, 5);
  EXPECT_NEAR(seen.videos[0].seconds, 0.8, 1e-9);
  EXPECT_EQ(seen.videos[1].subject, "ann");
  ASSERT_EQ(seen.classes.size(), 2U);
  EXPECT_EQ(seen.classes[0].clips, 8);
  EXPECT_EQ(seen.classes[1].name, "(unlabelled)");
  EXPECT_EQ(seen.classes[1].clips, 2);
  const std::string printed = seen.print();
  for (const char* part : {"2 videos", "2 x 4 pixels", "10 clips of 2 frames at 10", "2 takes",
                           "left  8 clips", "a note", "ann"})
    EXPECT_NE(printed.find(part), std::string::npos) << part << "\n" << printed;
}

TEST(OverviewOfClips, DescribesNumbers) {
  const ClipOverview seen = overview(Clips(two_videos(), {.frames = 2, .step = 2}, Target::number));
  EXPECT_EQ(seen.numbers, 9);  // 1 3 5 7 9 and 1 3 5 7
  EXPECT_NEAR(seen.mean, 41.0 / 9, 1e-6);
  EXPECT_EQ(seen.lowest, 1);
  EXPECT_EQ(seen.highest, 9);
  EXPECT_NEAR(seen.deviation, std::sqrt(249.0 / 9 - 41.0 / 9 * 41.0 / 9), 1e-6);
  EXPECT_TRUE(seen.classes.empty());
  EXPECT_NE(seen.print().find("9 clips have a number"), std::string::npos);
}

TEST(OverviewOfClips, SaysThatNothingIsLabelled) {
  Videos videos = two_videos();
  for (Video& video : videos.videos) video.numbers.clear();
  const ClipOverview seen =
      overview(Clips(std::move(videos), {.frames = 2, .step = 2}, Target::number));
  EXPECT_NE(seen.print().find("no clip has a label"), std::string::npos);
}

}  // namespace
}  // namespace tacit
