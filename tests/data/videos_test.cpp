// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/videos.h"

#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

std::shared_ptr<const Frames> black(int64_t length, int64_t width) {
  return std::make_shared<const HeldFrames>(at::zeros({length, 1, 2, width}, at::kByte));
}

Video video_of(std::vector<double> seconds) {
  Video video{.name = "a", .rate_hz = 10, .frames = black(std::ssize(seconds), 3)};
  video.seconds = std::move(seconds);
  return video;
}

TEST(FrameRate, IsThatBetweenPauses) {
  EXPECT_EQ(frame_rate_of(std::vector<double>{0, 0.05, 0.1, 7, 7.05, 7.1}), 20);
  EXPECT_EQ(frame_rate_of(std::vector<double>{0, 0.1, 0.2, 0.3, 0.31}), 10);
}

TEST(FrameRate, IsWholeWhereItNearlyIs) {
  const auto equally = [](double rate) {
    std::vector<double> seconds;
    for (int i = 0; i < 50; ++i) seconds.push_back(i / rate);
    return seconds;
  };
  EXPECT_EQ(frame_rate_of(equally(30000 / 1001.0)), 30);
  EXPECT_EQ(frame_rate_of(equally(24000 / 1001.0)), 24);
  EXPECT_NEAR(frame_rate_of(equally(9.88)), 9.88, 1e-9);
  EXPECT_EQ(frame_rate_of(equally(19.85)), 20);
  EXPECT_NEAR(frame_rate_of(equally(0.25)), 0.25, 1e-9);
}

TEST(FrameRate, OfOneFrameIsNone) {
  EXPECT_EQ(frame_rate_of({}), 0);
  EXPECT_EQ(frame_rate_of(std::vector<double>{0}), 0);
}

TEST(Takes, EndAtPausesAndChangesOfSegment) {
  Video video = video_of({0, 0.1, 0.2, 2, 2.1, 3.1});
  EXPECT_EQ(takes_of(video, 1), (std::vector<Take>{{0, 3}, {3, 6}}));
  EXPECT_EQ(takes_of(video, 0.5), (std::vector<Take>{{0, 3}, {3, 5}, {5, 6}}));
  video.segments = {4, 4, 5, 5, 4, 4};
  EXPECT_EQ(takes_of(video, 9), (std::vector<Take>{{0, 2}, {2, 4}, {4, 6}}));
  EXPECT_TRUE(takes_of(video_of({}), 1).empty());
}

TEST(RequireVideos, NamesTheVideoThatIsWrong) {
  const auto refused = [](const auto& change) {
    Videos videos{.videos = {video_of({0, 1, 2})}, .classes = {"x"}};
    change(videos.videos[0]);
    const std::string words = message<ShapeError>([&] { require_videos(videos); });
    return words.find("\"a\"") != std::string::npos;
  };
  EXPECT_FALSE(refused([](Video&) {}));
  EXPECT_TRUE(refused([](Video& video) { video.seconds[2] = 1; }));
  EXPECT_TRUE(refused([](Video& video) { video.seconds.pop_back(); }));
  EXPECT_TRUE(refused([](Video& video) { video.labels = {0, 1, 0}; }));
  EXPECT_TRUE(refused([](Video& video) { video.labels = {0}; }));
  EXPECT_TRUE(refused([](Video& video) { video.numbers = {0}; }));
  EXPECT_TRUE(refused([](Video& video) { video.segments = {0}; }));
  EXPECT_TRUE(refused([](Video& video) { video.frames = black(4, 3); }));
  EXPECT_TRUE(refused([](Video& video) { video.frames = nullptr; }));
  EXPECT_FALSE(refused([](Video& video) {
    video.labels = {0, -1, 0}, video.segments = {7, 7, 7};
  }));
}

TEST(RequireVideos, AsksForOneSize) {
  EXPECT_THROW(require_videos({}), DataError);
  Videos videos{.videos = {video_of({0}), video_of({0})}};
  videos.videos[1].frames = black(1, 4);
  EXPECT_NE(message<DataError>([&] { require_videos(videos); }).find("data.videos.height"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
