// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/streamed_frames.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tests/core/folder.h"
#include "tests/data/read_frames.h"

namespace tacit {
namespace {

using Bytes = std::vector<uint8_t>;

/// What was asked of all streams of a film.
struct Asked {
  std::atomic<int> opened = 0, decoded = 0;
  std::vector<size_t> marks{};  ///< how many each seek was given
};

/// Frame i is of one pixel, i + `brighter`, which is told wrong until `right_from` frames were gone
/// to after a seek. A seek goes to the last mark.
class Film final : public FrameStream {
 public:
  Film(Asked& asked, int64_t length, int64_t right_from, uint8_t brighter)
      : asked_(asked), length_(length), right_from_(right_from), brighter_(brighter) {
    ++asked_.opened;
  }
  bool next() override {
    ++asked_.decoded, ++since_;
    return ++at_ < length_;
  }
  void seek(int64_t, std::span<const FrameMark> marks) override {
    asked_.marks.push_back(marks.size());
    at_ = marks.empty() ? -1 : marks.back().number - 1;
    since_ = marks.empty() ? right_from_ : 0;
  }
  int64_t number() const override { return at_; }
  double seconds() const override { return 0; }
  const std::vector<uint8_t>& planes() override {
    planes_ = {static_cast<uint8_t>(since_ < right_from_ ? 200 : at_ + brighter_)};
    return planes_;
  }
  const FrameShape& shape() const override { return shape_; }
  const std::vector<FrameMark>& marks() const override { return marks_; }
  std::vector<std::string> notes() const override { return {}; }

 private:
  Asked& asked_;
  int64_t length_, right_from_, at_ = -1, since_ = 1000;
  uint8_t brighter_;
  std::vector<uint8_t> planes_{};
  FrameShape shape_{};
  std::vector<FrameMark> marks_{};
};

class StreamedFramesTest : public testing::Test {
 protected:
  /// Every second frame of 40 is known; one can begin at 0, 10, 20 and 30.
  StreamedFrames film(int64_t right_from = 0, uint8_t brighter = 0) {
    KnownFrames known{.name = "film", .sizes = {20, 1, 1, 1}};
    for (int64_t number = 0; number < 40; number += 2) {
      const char pixel = static_cast<char>(number);
      known.numbers.push_back(number);
      known.checksums.push_back(checksum({{&pixel, 1}}));
      if (number % 10 == 0) known.marks.push_back({number, 100 * number});
    }
    known.open = [this, right_from, brighter] {
      return std::make_unique<Film>(asked_, 40, right_from, brighter);
    };
    return {known, std::make_shared<IdleStreams>()};
  }
  Asked asked_{};
};

TEST_F(StreamedFramesTest, AreThoseOfTheFirstReadingInAnyOrder) {
  const StreamedFrames frames = film();
  EXPECT_EQ(read_frames(frames, {3, 4, 19, 0, 12, 12, 11}),
            (std::vector<Bytes>{{6}, {8}, {38}, {0}, {24}, {24}, {22}}));
  EXPECT_EQ(read_frames(frames).size(), 20U);
  EXPECT_EQ(asked_.opened, 1);
  EXPECT_EQ(frames.checksum_of(5), checksum({"\x0a"}));
}

TEST_F(StreamedFramesTest, AreDecodedFromTheNearestMarkOrFromWhereTheStreamIs) {
  const StreamedFrames frames = film();
  read_frames(frames, {16, 17});  // 30 … 32, 34
  EXPECT_EQ(asked_.decoded, 5);
  read_frames(frames, {18});
  EXPECT_EQ(asked_.decoded, 7);
  EXPECT_EQ(asked_.marks, std::vector<size_t>{4});
}

TEST_F(StreamedFramesTest, BeginFurtherBeforeWhereAMarkGivesOtherFrames) {
  const StreamedFrames frames = film(12);
  EXPECT_EQ(read_frames(frames, {16}), (std::vector<Bytes>{{32}}));
  EXPECT_EQ(asked_.marks, (std::vector<size_t>{4, 3}));
  EXPECT_EQ(read_frames(film(1000), {16}), (std::vector<Bytes>{{32}}));
}

TEST_F(StreamedFramesTest, RefuseAFileThatChanged) {
  const std::string words = message_of<DataError>([&] { read_frames(film(0, 1), {7}); });
  EXPECT_EQ(words,
            "video \"film\": frame 14 is not what it was when the video was first read; did the "
            "file change?");
}

TEST_F(StreamedFramesTest, AreReadByManyThreadsAtATime) {
  const StreamedFrames frames = film();
  std::vector<std::thread> readers;
  std::atomic<int> right = 0;
  for (int64_t reader = 0; reader < 4; ++reader)
    readers.emplace_back([&, reader] {
      for (int64_t i = 0; i < 50; ++i) {
        const int64_t frame = (7 * i + 5 * reader) % 20;
        if (frame > 4 || frame == 0) continue;  // no seek, whose record is not for threads
        right += read_frames(frames, {frame})[0][0] == 2 * frame;
      }
    });
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(right, 40);
}

TEST(IdleStreams, GivesTheNearestOfTheOwnersAndClosesTheOldest) {
  IdleStreams idle;
  Asked asked;
  const int one = 1, other = 2;
  const auto stream = [&] { return std::make_unique<Film>(asked, 1, 0, uint8_t{0}); };
  for (const int64_t place : {30, 10, 20}) idle.give(&one, {stream(), place});
  idle.give(&other, {stream(), 22});
  EXPECT_EQ(idle.take(&one, 25).place, 20);
  EXPECT_EQ(idle.take(&one, 5).place, 30);
  EXPECT_EQ(idle.take(&one, 10).place, 10);
  EXPECT_EQ(idle.take(&one, 10).stream, nullptr);
  for (int64_t i = 0; i < 16; ++i) idle.give(&one, {stream(), i});
  EXPECT_EQ(idle.take(&other, 22).stream, nullptr);
}

}  // namespace
}  // namespace tacit
