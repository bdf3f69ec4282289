// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/video_file.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/readers/video/video_files.h"

namespace tacit {
namespace {

constexpr FrameShape kGrey{.colour = Colour::grey};

/// All that a file gives.
struct Seen {
  std::vector<double> seconds{};
  std::vector<int64_t> numbers{};
  std::vector<Bytes> planes{};
  FrameShape shape{};
  std::vector<std::string> notes{};
};

Seen see(VideoFile& file) {
  Seen seen;
  while (file.next()) {
    seen.seconds.push_back(file.seconds());
    seen.numbers.push_back(file.number());
    seen.planes.push_back(file.planes());
  }
  seen.shape = file.shape(), seen.notes = file.notes();
  return seen;
}

Seen see(const std::filesystem::path& path, const FrameShape& shape = kGrey,
         Broken broken = Broken::refuse) {
  VideoFile file(path, shape, broken);
  return see(file);
}

class VideoFiles : public FolderTest {
 protected:
  std::string write(const std::string& name, const WrittenVideo& video) const {
    write_video((folder / name).string(), video);
    return (folder / name).string();
  }
  std::string write_bytes(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder / name, std::ios::binary) << bytes;
    return (folder / name).string();
  }
  std::string refusal(const std::string& path, Broken broken = Broken::refuse) const {
    const std::string words = message_of<DataError>([&] { see(path, kGrey, broken); });
    EXPECT_NE(words.find(path), std::string::npos) << words;
    return words;
  }
};

void expect_near(const std::vector<double>& found, const std::vector<double>& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(found[i], wanted[i], 1e-6) << i;
}

bool has(const std::string& words, const std::string& part) {
  return words.find(part) != std::string::npos;
}

TEST_F(VideoFiles, GiveTheirFramesAndTimes) {
  const Seen seen = see(write("a.mkv", {.frames = brightening(5)}));
  expect_near(seen.seconds, {0, 0.04, 0.08, 0.12, 0.16});
  EXPECT_EQ(seen.numbers, (std::vector<int64_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(seen.shape.height, 24);
  EXPECT_EQ(seen.shape.width, 32);
  for (size_t i = 0; i < 5; ++i)
    EXPECT_EQ(seen.planes[i], Bytes(24 * 32, static_cast<uint8_t>(10 + 10 * i)));
  EXPECT_TRUE(seen.notes.empty());
}

TEST_F(VideoFiles, GiveColoursPlaneByPlane) {
  const std::string path = write(
      "a.mkv",
      {.frames = std::vector(3, sample_picture(16, 24)), .format = AV_PIX_FMT_0RGB32, .rate = 10});
  const Seen seen = see(path, {.colour = Colour::rgb});
  Bytes wanted;
  for (size_t channel = 0; channel < 3; ++channel)
    for (size_t pixel = 0; pixel < 16 * 24; ++pixel)
      wanted.push_back(sample_picture(16, 24).pixels[3 * pixel + channel]);
  EXPECT_EQ(seen.planes.at(0), wanted);
  EXPECT_EQ(VideoFile(path, {}).rate_hz(), 10);
  EXPECT_EQ(see(path, {.height = 8, .width = 12}).planes.at(0).size(), 3U * 8 * 12);
}

TEST_F(VideoFiles, KeepTrueTimesThatAreNotEquallySpaced) {
  const std::string path =
      write("a.mkv", {.frames = brightening(4), .times_ms = {500, 540, 700, 3000}});
  expect_near(see(path).seconds, {0, 0.04, 0.2, 2.5});
}

TEST_F(VideoFiles, RepairTimesThatDoNotRiseAndSaySo) {
  const std::string path =
      write("a.mkv", {.frames = brightening(5), .times_ms = {0, 40, 40, 80, 120}});
  const Seen seen = see(path);
  ASSERT_EQ(seen.seconds.size(), 5U);
  for (size_t i = 1; i < 5; ++i) EXPECT_GT(seen.seconds[i], seen.seconds[i - 1]);
  expect_near({seen.seconds[1], seen.seconds[3], seen.seconds[4]}, {0.04, 0.08, 0.12});
  ASSERT_EQ(seen.notes.size(), 1U);
  EXPECT_TRUE(has(seen.notes[0], "the times of 1 of 5 frames")) << seen.notes[0];
}

TEST_F(VideoFiles, GoToTheirKeyFramesAgain) {
  const WrittenVideo coded{.frames = brightening(20, 10, 10),
                           .codec = AV_CODEC_ID_MPEG4,
                           .format = AV_PIX_FMT_YUV420P,
                           .b_frames = 2};
  for (const char* const name : {"a.mp4", "a.mov", "a.mkv"}) {
    const std::string path = write(name, coded);
    VideoFile first(path, kGrey);
    const Seen seen = see(first);
    const std::vector<FrameMark>& marks = first.marks();
    ASSERT_GE(marks.size(), 3U) << name;
    VideoFile file(path, kGrey);
    for (const size_t count : {marks.size(), size_t{2}, size_t{0}, marks.size() - 1}) {
      file.seek(19, std::span(marks).first(count));
      const int64_t number = count == 0 ? 0 : marks[count - 1].number;
      for (int64_t i = number; i < 20; ++i) {
        ASSERT_TRUE(file.next()) << name;
        EXPECT_EQ(file.number(), i) << name;
        EXPECT_EQ(file.planes(), seen.planes[static_cast<size_t>(i)]) << name << " " << i;
      }
      EXPECT_FALSE(file.next());
    }
    EXPECT_TRUE(file.marks().size() <= marks.size());
  }
}

TEST_F(VideoFiles, BeginAnewWhereAKeyFrameIsNotFound) {
  VideoFile file(write("a.mkv", {.frames = brightening(5)}), kGrey);
  const std::vector<FrameMark> none{{3, 123456789}};
  file.seek(4, none);
  ASSERT_TRUE(file.next());
  EXPECT_EQ(file.number(), 0);
  EXPECT_EQ(file.planes()[0], 10);
}

TEST_F(VideoFiles, ComeInTheOrderInWhichTheyAreShown) {
  const WrittenVideo video{.frames = brightening(12, 30, 15),
                           .codec = AV_CODEC_ID_MPEG4,
                           .format = AV_PIX_FMT_YUV420P,
                           .b_frames = 2};
  for (const char* const name : {"a.mp4", "a.mov", "a.mkv", "a.avi"}) {
    const Seen seen = see(write(name, video));
    ASSERT_EQ(seen.seconds.size(), 12U) << name;
    for (size_t i = 1; i < 12; ++i) {
      EXPECT_NEAR(seen.seconds[i], 0.04 * static_cast<double>(i), 1e-3) << name;
      EXPECT_GT(seen.planes[i][400], seen.planes[i - 1][400] + 5) << name << i;
    }
  }
}

TEST_F(VideoFiles, AreUpright) {
  const Picture picture = sample_picture(16, 24);
  const int32_t one = 1 << 16;
  const std::string path = write("a.mov", {.frames = {picture},
                                           .codec = AV_CODEC_ID_QTRLE,
                                           .format = AV_PIX_FMT_RGB24,
                                           .matrix = {0, one, 0, -one, 0, 0, 0, 0, 1 << 30}});
  const Seen seen = see(path, {.colour = Colour::rgb});
  ASSERT_EQ(seen.shape.height, 24);
  ASSERT_EQ(seen.shape.width, 16);
  for (size_t y = 0; y < 24; ++y)
    for (size_t x = 0; x < 16; ++x)  // a quarter turn clockwise
      EXPECT_EQ(seen.planes[0][y * 16 + x], picture.pixels[3 * ((15 - x) * 24 + y)]);
}

TEST_F(VideoFiles, OfAudioAreRefused) {
  EXPECT_TRUE(has(refusal(write("a.mov", {.has_audio = true})), "only audio"));
  EXPECT_EQ(
      see(write("b.mov", {.frames = brightening(3), .codec = AV_CODEC_ID_QTRLE, .has_audio = true}))
          .seconds.size(),
      3U);
}

TEST_F(VideoFiles, ThatAreNoneAreRefused) {
  EXPECT_TRUE(has(refusal(write_bytes("a.mp4", "")), "is empty"));
  EXPECT_TRUE(has(refusal((folder / "none.mp4").string()), "No such file"));
  EXPECT_TRUE(has(refusal(folder.string()), "is a folder"));
  refusal(write_bytes("b.mp4", std::string(5000, 'x')));
  const std::string whole = bytes_of(write("c.mkv", {.frames = brightening(3)}));
  refusal(write_bytes("d.mkv", whole.substr(0, 300)));
}

TEST_F(VideoFiles, OfAnUnknownCodingAreRefusedByItsName) {
  std::string bytes = bytes_of(write(
      "a.mov",
      {.frames = {sample_picture()}, .codec = AV_CODEC_ID_QTRLE, .format = AV_PIX_FMT_RGB24}));
  const size_t at = bytes.find("rle ");
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, 4, "zzz1");
  EXPECT_TRUE(has(refusal(write_bytes("b.mov", bytes)), "coded as zzz1"));
}

/// Zeros instead of a frame of JPEG.
void blank(std::string& bytes, int frame) {
  const std::string begin = "\xFF\xD8";
  size_t at = bytes.find(begin);
  for (int i = 0; i < frame; ++i) at = bytes.find(begin, at + 1);
  const size_t end = bytes.find("\xFF\xD9", at) + 2;
  bytes.replace(at, end - at, end - at, '\0');
}

TEST_F(VideoFiles, WithADamagedFrameAreRefusedOrGoOnWithoutIt) {
  std::string bytes = bytes_of(write("a.avi", {.frames = brightening(6, 20, 30),
                                               .codec = AV_CODEC_ID_MJPEG,
                                               .format = AV_PIX_FMT_YUVJ420P}));
  blank(bytes, 2);
  const std::string path = write_bytes("b.avi", bytes);
  EXPECT_TRUE(has(refusal(path), "frame 2 is damaged"));
  const Seen seen = see(path, kGrey, Broken::skip);
  EXPECT_EQ(seen.numbers, (std::vector<int64_t>{0, 1, 3, 4, 5}));
  expect_near(seen.seconds, {0, 0.04, 0.12, 0.16, 0.2});
  EXPECT_NEAR(seen.planes[2][300], 110, 3);
  ASSERT_EQ(seen.notes.size(), 1U);
  EXPECT_TRUE(has(seen.notes[0], "1 of 6 frames were damaged")) << seen.notes[0];
}

TEST_F(VideoFiles, WithoutAGoodFrameAreRefused) {
  std::string bytes = bytes_of(
      write("a.avi",
            {.frames = brightening(2), .codec = AV_CODEC_ID_MJPEG, .format = AV_PIX_FMT_YUVJ420P}));
  blank(bytes, 0), blank(bytes, 0);
  EXPECT_TRUE(has(refusal(write_bytes("b.avi", bytes), Broken::skip), "no frame"));
}

TEST_F(VideoFiles, ThatEndEarlySaySo) {
  std::vector<Picture> noisy;
  for (unsigned i = 0; i < 100; ++i) {
    noisy.push_back(plain_picture(0));
    for (size_t p = 0; p < noisy[i].pixels.size(); ++p)
      noisy[i].pixels[p] = static_cast<uint8_t>((p + 1) * (i + 7) * 2654435761U >> 24);
  }
  const std::string whole = bytes_of(write("a.mkv", {.frames = noisy}));
  const Seen seen =
      see(write_bytes("b.mkv", whole.substr(0, whole.size() / 2)), kGrey, Broken::skip);
  EXPECT_LT(seen.seconds.size(), 60U);
  ASSERT_FALSE(seen.notes.empty());
  EXPECT_TRUE(has(seen.notes.back(), "it says that it is 4 s long")) << seen.notes.back();
}

TEST_F(VideoFiles, BeyondTheLimitsAreRefused) {
  const std::string path = write("a.mkv", {.frames = brightening(5)});
  const auto refused = [&](const VideoLimits& limits) {
    return message_of<DataError>([&] {
      VideoFile file(path, kGrey, Broken::skip, limits);
      see(file);
    });
  };
  EXPECT_TRUE(has(refused({.frames = 4}), "more than 4 frames"));
  EXPECT_TRUE(has(refused({.pixels = 24 * 32 - 1}), path));
  VideoFile file(path, kGrey, Broken::refuse, {.pixels = 1 << 14, .frames = 5});
  EXPECT_EQ(see(file).seconds.size(), 5U);
}

TEST_F(VideoFiles, OpenNoOtherFile) {
  const std::string video = write("a.mkv", {.frames = brightening(3)});
  refusal(write_bytes("b.mp4", "ffconcat version 1.0\nfile 'a.mkv'\n"));
  refusal(write_bytes("c.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + video + "\n"));
  EXPECT_EQ(see(write("a:b|%03d?x.mkv", {.frames = brightening(3)})).seconds.size(), 3U);
}

std::filesystem::path real_files() {
  const char* const folder = std::getenv("TACIT_DATA");
  return folder == nullptr ? std::filesystem::path()
                           : std::filesystem::path(folder) / "video" / "clips";
}

/// Expected numbers: what ffprobe -count_frames says.
TEST_F(VideoFiles, OfCamerasAreReadWhole) {
  if (real_files().empty()) GTEST_SKIP() << "set TACIT_DATA to the folder that holds video/clips/";
  struct Wanted {
    const char* name;
    size_t frames;
    int64_t height, width;
    double last;
  };
  for (const auto& [name, frames, height, width, last] :
       {Wanted{"bikes.mp4", 250, 272, 640, 9.96},
        Wanted{"carphone_pristine.mp4", 120, 144, 176, 3.9706},
        Wanted{"flipping_a_pancake.mkv", 310, 240, 426, 10.3},
        Wanted{"solidWhiteRight_320x180.mp4", 221, 180, 320, 8.8},
        Wanted{"nasa_13013.mp4", 390, 270, 480, 12.9796},
        Wanted{"video_90.mov", 3, 568, 320, 0.0667}}) {
    VideoFile file(real_files() / name, kGrey);
    ASSERT_TRUE(file.next());
    EXPECT_EQ(file.planes().size(), static_cast<size_t>(height * width)) << name;
    size_t count = 1;
    while (file.next()) ++count;
    EXPECT_EQ(count, frames) << name;
    EXPECT_NEAR(file.seconds(), last, 2e-3) << name;
    EXPECT_TRUE(file.notes().empty()) << name;
  }
}

TEST_F(VideoFiles, OfCamerasThatAreDamagedOrCodedAnewSaySo) {
  if (real_files().empty()) GTEST_SKIP() << "set TACIT_DATA to the folder that holds video/clips/";
  const std::string damaged = (real_files() / "corrupted.mp4").string();
  EXPECT_TRUE(has(refusal(damaged), "is damaged"));
  const Seen seen = see(damaged, {.height = 8, .width = 8}, Broken::skip);
  EXPECT_EQ(seen.seconds.size(), 48U);
  ASSERT_EQ(seen.notes.size(), 1U);
  EXPECT_TRUE(has(seen.notes[0], "2 of 50 frames")) << seen.notes[0];
  for (const auto& [name, frames, coding] :
       {std::tuple("av1_video.mkv", 125U, "av1"), std::tuple("h265_video.mp4", 10U, "hevc")}) {
    try {
      EXPECT_EQ(see(real_files() / name, {.height = 9, .width = 16}).seconds.size(), frames);
    } catch (const DataError& error) {
      EXPECT_TRUE(has(error.what(), coding)) << error.what();
    }
  }
}

}  // namespace
}  // namespace tacit
