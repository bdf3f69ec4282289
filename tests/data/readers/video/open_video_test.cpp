// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/open_video.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/video/video_files.h"

namespace tacit {
namespace {

constexpr int64_t kPixels = 1 << 20;

class OpenVideo : public FolderTest {
 protected:
  FormatPointer open(const WrittenVideo& video) {
    path_ = folder / "a.mkv";
    write_video(path_.string(), video);
    return open_format(path_, kPixels);
  }
  std::filesystem::path path_{};
};

TEST_F(OpenVideo, ShowsTheVideoAndPassesOverTheSound) {
  const FormatPointer format = open({.frames = brightening(8), .rate = 10, .has_audio = true});
  ASSERT_EQ(format->nb_streams, 2U);
  const AVStream& shown = shown_stream(path_, *format);
  EXPECT_EQ(shown.codecpar->codec_type, AVMEDIA_TYPE_VIDEO);
  EXPECT_EQ(format->streams[1]->discard, AVDISCARD_ALL);
  EXPECT_NEAR(rate_of(shown), 10, 1e-6);
  EXPECT_NEAR(duration_of(*format, shown), 0.8, 0.11);
}

TEST_F(OpenVideo, DecodesInOneThreadAndNoMorePixelsThanAllowed) {
  const FormatPointer format = open({.frames = brightening(2)});
  const AVStream& shown = shown_stream(path_, *format);
  const CodecPointer codec = open_codec(path_, shown, 24 * 32);
  EXPECT_EQ(codec->thread_count, 1);
  EXPECT_EQ(codec->max_pixels, 24 * 32);
  EXPECT_THROW(open_codec(path_, shown, 24 * 32 - 1), DataError);
}

TEST_F(OpenVideo, TakesAUsualRateWhereTheFileSaysNone) {
  const FormatPointer format = open({.frames = brightening(2)});
  AVStream& shown = shown_stream(path_, *format);
  shown.avg_frame_rate = shown.r_frame_rate = {0, 1};
  EXPECT_EQ(rate_of(shown), 25);
  shown.duration = format->duration = AV_NOPTS_VALUE;
  EXPECT_EQ(duration_of(*format, shown), 0);
}

TEST_F(OpenVideo, SaysWhatIsWrong) {
  EXPECT_NE(message_of<DataError>([&] { open_format(folder, kPixels); }).find("is a folder"),
            std::string::npos);
  const FormatPointer sound = open({.has_audio = true});
  EXPECT_NE(message_of<DataError>([&] { shown_stream(path_, *sound); }).find("only audio"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
