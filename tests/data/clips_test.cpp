// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/clips.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/data/split.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// Pixel (y, x) of channel c of frame t is 8 t + 4 c + 2 y + x, plus `base`.
Video counting_video(const std::string& name, int64_t length, int64_t channels = 1,
                     int64_t base = 0, const std::string& subject = "") {
  Video video{.name = name, .subject = subject, .rate_hz = 10};
  const Tensor frame = at::arange(4 * channels, at::kByte).view({1, channels, 2, 2});
  const Tensor later = (at::arange(length, at::kByte) * 8 + base).view({length, 1, 1, 1});
  video.frames = std::make_shared<const HeldFrames>((frame + later).contiguous());
  for (int64_t i = 0; i < length; ++i) {
    video.seconds.push_back(0.1 * static_cast<double>(i));
    video.numbers.push_back(static_cast<float>(i * i));
    video.labels.push_back(i % 3 == 0 ? -1 : i % 2);
  }
  return video;
}

Videos one_video(int64_t length, int64_t channels = 1) {
  return {.videos = {counting_video("a", length, channels)}, .classes = {"x", "y"}, .notes = {"n"}};
}

std::vector<int64_t> begins(const Clips& clips) {
  std::vector<int64_t> out;
  for (const Clip& clip : clips.clips()) out.push_back(clip.begin);
  return out;
}

TEST(Clips, HaveTheirFramesChannelFirst) {
  Videos videos = one_video(12, 3);
  const Clips clips(std::move(videos), {.frames = 3, .stride = 2, .step = 4});
  EXPECT_EQ(begins(clips), (std::vector<int64_t>{0, 4}));
  EXPECT_EQ(clips.spec().modality, Modality::video);
  EXPECT_EQ(clips.spec().shape, (std::vector<int64_t>{3, 3, 2, 2}));
  EXPECT_EQ(clips.spec().rate_hz, 5);
  EXPECT_EQ(clips.spec().channels, (std::vector<std::string>{"red", "green", "blue"}));
  EXPECT_EQ(clips.notes(), std::vector<std::string>{"n"});
  const Batch batch = clips.read(std::vector<int64_t>{1, 0, 1});
  ASSERT_EQ(batch.x.sizes(), (std::vector<int64_t>{3, 3, 3, 2, 2}));
  ASSERT_EQ(batch.x.scalar_type(), at::kFloat);
  for (int64_t i = 0; i < 3; ++i)
    for (int64_t c = 0; c < 3; ++c)
      for (int64_t t = 0; t < 3; ++t)
        for (int64_t y = 0; y < 2; ++y)
          for (int64_t x = 0; x < 2; ++x) {
            const int64_t begin = i == 1 ? 0 : 4;
            EXPECT_EQ(batch.x[i][c][t][y][x].item<float>(),
                      static_cast<float>(8 * (begin + 2 * t) + 4 * c + 2 * y + x));
          }
  EXPECT_EQ(batch.row[0].item<int64_t>(), 1);
  EXPECT_THROW(clips.read(std::vector<int64_t>{2}), ShapeError);
  EXPECT_THROW(clips.read(std::vector<int64_t>{-1}), ShapeError);
}

TEST(Clips, ArePackedAsBytes) {
  const Clips clips(one_video(12, 3), {.frames = 3, .stride = 2, .step = 4});
  const std::vector<int64_t> rows{1, 0};
  const Batch packed = clips.read_packed(rows), read = clips.read(rows);
  EXPECT_EQ(packed.x.scalar_type(), at::kByte);
  EXPECT_TRUE(clips.unpack(packed.x).equal(read.x));
  EXPECT_TRUE(packed.y.equal(read.y));
  EXPECT_TRUE(packed.row.equal(read.row));
}

TEST(Clips, EndWithTheVideo) {
  EXPECT_EQ(begins(Clips(one_video(9), {.frames = 4, .stride = 1, .step = 1})).size(), 6U);
  EXPECT_EQ(begins(Clips(one_video(10), {.frames = 4, .stride = 3, .step = 5})),
            std::vector<int64_t>{0});
  EXPECT_EQ(Clips(one_video(3), {.frames = 1, .step = 1}).spec().channels,
            std::vector<std::string>{"grey"});
}

TEST(Clips, CrossNoSegmentAndNoPause) {
  Videos videos = one_video(12);
  videos.videos[0].segments = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  for (size_t i = 9; i < 12; ++i) videos.videos[0].seconds[i] += 5;
  const Clips clips(std::move(videos), {.frames = 3, .step = 1});
  EXPECT_EQ(begins(clips), (std::vector<int64_t>{0, 1, 2, 5, 6, 9}));
  std::vector<int64_t> pieces;
  for (int64_t row = 0; row < clips.size(); ++row) pieces.push_back(clips.origin(row).piece);
  EXPECT_EQ(pieces, (std::vector<int64_t>{0, 0, 0, 1, 1, 2}));
}

TEST(Clips, MayHoldAPauseThatIsAllowed) {
  Videos videos = one_video(6);
  videos.videos[0].seconds[5] += 5;
  EXPECT_EQ(Clips(std::move(videos), {.frames = 6, .step = 1, .longest_pause_seconds = 6}).size(),
            1);
}

TEST(Clips, HaveTheLabelOfTheLastOrTheMiddleFrame) {
  const Clips last(one_video(12), {.frames = 4, .stride = 2, .step = 1});
  EXPECT_EQ(last.classes(), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(last.label(0), -1);  // of frame 6
  EXPECT_EQ(last.label(1), 1);   // of frame 7
  EXPECT_EQ(last.label(2), 0);
  EXPECT_TRUE(std::isnan(last.number(1)));
  EXPECT_EQ(last.read(std::vector<int64_t>{1}).y[0].item<int64_t>(), 1);
  const Clips middle(one_video(12),
                     {.frames = 4, .stride = 2, .step = 1, .label = ClipLabel::middle});
  EXPECT_EQ(middle.label(0), 0);  // of frame 4
  EXPECT_EQ(middle.label(1), 1);  // of frame 5
  Videos bare = one_video(12);
  bare.videos[0].labels.clear();
  EXPECT_EQ(Clips(std::move(bare), {.frames = 4}).label(0), -1);
}

TEST(Clips, HaveNumbersWhereTheyAreAskedFor) {
  const auto clips = [](ClipLabel label) {
    Videos videos = one_video(12);
    videos.videos[0].numbers[11] = std::numeric_limits<float>::quiet_NaN();
    return Clips(std::move(videos), {.frames = 3, .stride = 2, .step = 7, .label = label},
                 Target::number);
  };
  EXPECT_TRUE(clips(ClipLabel::last).classes().empty());
  EXPECT_EQ(clips(ClipLabel::last).label(0), -1);
  EXPECT_EQ(clips(ClipLabel::last).number(0), 16);
  EXPECT_EQ(clips(ClipLabel::middle).number(0), 4);
  EXPECT_FLOAT_EQ(clips(ClipLabel::mean).number(0), (0 + 4 + 16) / 3.0F);
  EXPECT_TRUE(std::isnan(clips(ClipLabel::mean).number(1)));
  EXPECT_FALSE(has_label(clips(ClipLabel::last), 1));
  EXPECT_TRUE(has_label(clips(ClipLabel::middle), 1));
  EXPECT_EQ(clips(ClipLabel::middle).read(std::vector<int64_t>{0}).y.scalar_type(), at::kFloat);
  EXPECT_THROW(Clips(one_video(12), {.frames = 3, .label = ClipLabel::mean}), ConfigError);
}

Clips three_drives() {
  Videos videos{.classes = {"x", "y"}};
  for (const char* const name : {"a", "b", "c"}) {
    videos.videos.push_back(counting_video(name, 20, 1, 7 * std::ssize(videos.videos)));
    videos.videos.back().segments = std::vector<int64_t>(20, 0);
    std::fill_n(videos.videos.back().segments.begin(), 8, 1);
  }
  return Clips(std::move(videos), {.frames = 3, .stride = 2, .step = 1});
}

TEST(Clips, SayWhereTheyAreFrom) {
  const Clips clips = three_drives();
  const Origin first = clips.origin(0);
  EXPECT_EQ(first.recording, "a");
  EXPECT_EQ(first.begin, 0);
  EXPECT_EQ(first.end, 5);
  for (int64_t row = 1; row < clips.size(); ++row) {
    const Origin before = clips.origin(row - 1), now = clips.origin(row);
    EXPECT_EQ(before.piece == now.piece, now.overlaps(before)) << row;
    EXPECT_EQ(before.recording, clips.video(row - 1).name);
  }
  EXPECT_EQ(clips.origin(clips.size() - 1).piece, 5);
}

TEST(Clips, AreNotTornBySplits) {
  const Clips clips = three_drives();
  const SplitConfig by_drive{.by = SplitBy::recording, .test = 0.34, .validation = 0.5};
  const std::vector<Split> splits = make_splits(by_drive, clips, Rng(1));
  EXPECT_EQ(splits.at(0).test_groups.size(), 1U);
  EXPECT_EQ(splits[0].train.size() + splits[0].validation.size() + splits[0].test.size(),
            static_cast<size_t>(clips.size()));
  EXPECT_THROW(make_splits({.by = SplitBy::row}, clips, Rng(1)), ConfigError);
  Split torn;
  torn.train = {0}, torn.test = {4};
  EXPECT_NO_THROW(require_no_leak(torn, clips));
  torn.test = {3};
  EXPECT_THROW(require_no_leak(torn, clips), StateError);
  const Clips apart(one_video(30), {.frames = 3, .stride = 2, .step = 5});
  // Not even where they share no frame: neighbours are nearly the same.
  EXPECT_THROW(make_splits({.by = SplitBy::row}, apart, Rng(1)), ConfigError);
  const SplitConfig by_time{.by = SplitBy::time, .test = 0.34, .validation = 0, .gap_seconds = 0.5};
  EXPECT_EQ(make_splits(by_time, apart, Rng(1)).at(0).left_out, 1);
}

TEST(Clips, AskForOneRateAndRoomForOne) {
  Videos videos{.videos = {counting_video("a", 9), counting_video("b", 9)}, .classes = {"x", "y"}};
  videos.videos[1].rate_hz = 12;
  EXPECT_NE(message<DataError>([&] { Clips(videos, {.frames = 3}); }).find("frame_rate"),
            std::string::npos);
  videos.videos[1].rate_hz = 10.05;
  EXPECT_EQ(Clips(videos, {.frames = 3}).spec().rate_hz, 10);
  EXPECT_EQ(message<DataError>([] { Clips(one_video(9), {.frames = 4, .stride = 3}); }),
            "no clip of 4 frames, 10 of the video, fits: the longest take without a pause is 9 "
            "frames; shorten data.clips.frames or data.clips.stride");
  EXPECT_THROW(Clips({}, {}), DataError);
  EXPECT_THROW(Clips(one_video(9), {.frames = 0}), ConfigError);
}

TEST(ClipConfig, IsReadAndChecked) {
  ClipConfig config;
  read_config(config, Json{{"frames", 8}, {"label", "middle"}});
  EXPECT_EQ(config.frames, 8);
  EXPECT_EQ(config.label, ClipLabel::middle);
  EXPECT_THROW(read_config(config, Json{{"stride", 0}}), ConfigError);
}

}  // namespace
}  // namespace tacit
