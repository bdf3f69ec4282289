// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/read_videos.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "tacit/core/error.h"
#include "tacit/data/clips.h"
#include "tacit/data/load.h"
#include "tests/core/folder.h"
#include "tests/data/read_frames.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/readers/video/video_files.h"

namespace tacit {
namespace {

bool has(const std::string& words, const std::string& part) {
  return words.find(part) != std::string::npos;
}

class ReadVideos : public FolderTest {
 protected:
  /// 10 frames a second; frame i has the brightness 10 + 10 i.
  void write_film(const std::string& name, int frames = 10, std::vector<int64_t> times_ms = {}) {
    std::filesystem::create_directories((folder / name).parent_path());
    write_video((folder / name).string(),
                {.frames = brightening(frames), .rate = 10, .times_ms = std::move(times_ms)});
  }
  void write_text(const std::string& name, const std::string& content) {
    std::ofstream(folder / name) << content;
  }
  Videos read(const std::string& name = "") const { return read_videos(folder / name, config_); }
  template <class E>
  std::string refusal(const std::string& name = "") const {
    return message_of<E>([&] { read(name); });
  }
  VideoConfig config_{.colour = Colour::grey};
};

/// Brightness of each frame, in steps of 10 from 10.
std::vector<int> steps(const Video& video) {
  std::vector<int> out;
  for (const Bytes& planes : read_frames(*video.frames)) out.push_back((planes[0] - 10) / 10);
  return out;
}

TEST_F(ReadVideos, ReadsAFileAndAFolder) {
  write_film("b.mkv", 3);
  write_film("sub/a.mkv", 4);
  write_text("notes.md", "x");
  const Videos one = read("b.mkv");
  ASSERT_EQ(one.videos.size(), 1U);
  EXPECT_EQ(one.videos[0].name, "b");
  EXPECT_EQ(one.videos[0].rate_hz, 10);
  EXPECT_EQ(one.videos[0].frames->sizes(), (std::vector<int64_t>{3, 1, 24, 32}));
  EXPECT_EQ(steps(one.videos[0]), (std::vector<int>{0, 1, 2}));
  const Videos all = read();
  ASSERT_EQ(all.videos.size(), 2U);
  EXPECT_EQ(all.videos[1].name, "sub/a");
  EXPECT_EQ(steps(all.videos[1]), (std::vector<int>{0, 1, 2, 3}));
  EXPECT_TRUE(all.notes.empty());
  EXPECT_TRUE(all.videos[0].labels.empty());
  EXPECT_TRUE(holds_videos(folder));
  EXPECT_FALSE(holds_videos(folder / "notes.md"));
  EXPECT_TRUE(has(refusal<DataError>("none"), "there is no"));
}

TEST_F(ReadVideos, BringsFramesToASizeAndARate) {
  write_film("a.mkv");
  config_.height = 6, config_.width = 8, config_.frame_rate = 5, config_.colour = Colour::rgb;
  const Video video = read().videos.at(0);
  EXPECT_EQ(video.frames->sizes(), (std::vector<int64_t>{5, 3, 6, 8}));
  EXPECT_EQ(steps(video), (std::vector<int>{0, 2, 4, 6, 8}));
  EXPECT_NEAR(video.seconds[1], 0.2, 1e-9);
  EXPECT_EQ(video.rate_hz, 5);
  config_.frame_rate = 12;
  EXPECT_TRUE(has(refusal<ConfigError>(), "has 10 frames a second"));
  config_.frame_rate = 0, config_.width = 0;
  EXPECT_TRUE(has(refusal<ConfigError>(), "set both, or none"));
}

TEST_F(ReadVideos, TakesTheSubjectFromThePath) {
  write_film("anna_1.mkv", 2);
  write_film("bob_1.mkv", 2);
  config_.path_pattern = "{who}_{}", config_.subject = "who";
  const Videos videos = read();
  EXPECT_EQ(videos.videos[0].subject, "anna");
  EXPECT_EQ(videos.videos[1].subject, "bob");
}

TEST_F(ReadVideos, NeedsOneSize) {
  write_film("a.mkv", 2);
  write_video((folder / "b.mkv").string(), {.frames = {plain_picture(5, 10, 12)}});
  EXPECT_TRUE(has(refusal<DataError>(), "data.videos.height"));
}

TEST_F(ReadVideos, JoinsNumbersByTime) {
  write_film("a.mkv");
  write_text("a.csv", "t,steer\n-5,9\n0.03,1\n0.08,2\n0.2,3\n0.41,4\n0.9,\n7,9\n");
  config_.label = "steer", config_.time = "t", config_.target = Target::number;
  const Videos videos = read();
  const std::vector<float>& numbers = videos.videos[0].numbers;
  ASSERT_EQ(numbers.size(), 10U);
  EXPECT_EQ(numbers[0], 1);
  EXPECT_EQ(numbers[1], 2);
  EXPECT_EQ(numbers[2], 3);
  EXPECT_TRUE(std::isnan(numbers[3]));
  EXPECT_EQ(numbers[4], 4);
  EXPECT_TRUE(std::isnan(numbers[9]));
  EXPECT_TRUE(videos.videos[0].labels.empty());
  ASSERT_EQ(videos.notes.size(), 2U);
  EXPECT_TRUE(has(videos.notes[0], "2 of 7 rows lie before or behind")) << videos.notes[0];
  EXPECT_TRUE(has(videos.notes[1], "5 of 10 frames of \"a\" have no row")) << videos.notes[1];
}

TEST_F(ReadVideos, JoinsClassesByNumber) {
  write_film("a.mkv", 4);
  write_film("b.mkv", 2);
  write_text("a.csv", "n,where\n1,left\n2,right\n3,\n4,left\n");
  config_.label = "where", config_.frame = "n", config_.first_frame = 1;
  const Videos videos = read();
  EXPECT_EQ(videos.classes, (std::vector<std::string>{"left", "right"}));
  EXPECT_EQ(videos.videos[0].labels, (std::vector<int64_t>{0, 1, -1, 0}));
  EXPECT_TRUE(videos.videos[1].labels.empty());
  ASSERT_EQ(videos.notes.size(), 1U);
  EXPECT_TRUE(has(videos.notes[0], "1 of 2 videos have no table of labels: b"));
  config_.first_frame = 100;
  EXPECT_TRUE(has(refusal<DataError>(), "meets a frame"));
}

TEST_F(ReadVideos, KeepsNumbersOfFramesThatARateChooses) {
  write_film("a.mkv");
  write_text("a.csv", "n,x,part\n0,0,u\n1,1,u\n2,2,u\n3,3,u\n4,4,v\n5,5,v\n6,6,v\n7,7,v\n8,8,w\n");
  config_.label = "x", config_.frame = "n", config_.segment = "part", config_.frame_rate = 5;
  config_.target = Target::number;
  const Video video = read().videos.at(0);
  EXPECT_EQ(video.numbers, (std::vector<float>{0, 2, 4, 6, 8}));
  EXPECT_EQ(video.segments, (std::vector<int64_t>{0, 0, 1, 1, 2}));
}

TEST_F(ReadVideos, TakesTimesFromTheLabels) {
  write_film("a.mkv", 5);
  write_text("a.csv", "n,ms,x\n0,1000,0\n1,1040,1\n3,1500,3\n4,1540,4\n9,9000,9\n");
  config_.label = "x", config_.frame = "n", config_.time = "ms";
  config_.time_unit = FrameTimeUnit::ms, config_.times = FrameTimes::labels;
  config_.target = Target::number;
  const Videos videos = read();
  const Video& video = videos.videos.at(0);
  EXPECT_EQ(steps(video), (std::vector<int>{0, 1, 3, 4}));
  ASSERT_EQ(video.seconds.size(), 4U);
  EXPECT_NEAR(video.seconds[1], 0.04, 1e-9);
  EXPECT_NEAR(video.seconds[2], 0.5, 1e-9);
  EXPECT_EQ(video.rate_hz, 25);
  EXPECT_EQ(video.numbers, (std::vector<float>{0, 1, 3, 4}));
  EXPECT_TRUE(has(videos.notes.at(0), "1 frames have no time"));
  config_.time = "";
  EXPECT_TRUE(has(refusal<ConfigError>(), "needs the columns"));
  config_.time = "ms";
  std::filesystem::remove(folder / "a.csv");
  EXPECT_TRUE(has(refusal<DataError>(), "no table of labels tells the times"));
}

TEST_F(ReadVideos, TakesOneTableForAll) {
  write_film("a.mkv", 3);
  write_film("b.mkv", 3);
  write_text("all.csv", "file,n,x\na.mkv,0,7\nb,0,1\na.mkv,1,8\nb,2,3\n");
  config_.labels = (folder / "all.csv").string(), config_.video = "file";
  config_.label = "x", config_.frame = "n", config_.target = Target::number;
  const Videos videos = read();
  EXPECT_EQ(videos.videos[0].numbers[1], 8);
  EXPECT_TRUE(std::isnan(videos.videos[0].numbers[2]));
  EXPECT_EQ(videos.videos[1].numbers[2], 3);
  config_.video = "";
  EXPECT_TRUE(has(refusal<ConfigError>(), "set data.videos.video"));
  config_.labels = "", config_.video = "file";
  EXPECT_TRUE(has(refusal<ConfigError>(), "set data.videos.labels"));
}

TEST_F(ReadVideos, NeedsTablesWhereLabelsAreAskedFor) {
  write_film("a.mkv", 2);
  config_.label = "x";
  EXPECT_TRUE(has(refusal<ConfigError>(), "set time or frame"));
  config_.time = "t";
  EXPECT_TRUE(has(refusal<DataError>(), "no table of labels"));
  write_text("a.csv", "t,x\n100,1\n200,2\n");
  EXPECT_TRUE(has(refusal<DataError>(), "none of its 2 rows meets a frame"));
  write_text("a.csv", "t,x\n0,1\n0,2\n");
  EXPECT_TRUE(has(refusal<DataError>(), "a.csv: row 3: t"));
}

TEST_F(ReadVideos, ReadsFoldersOfNumberedPictures) {
  const auto write_picture = [&](const std::string& name, uint8_t brightness) {
    std::filesystem::create_directories((folder / name).parent_path());
    const Bytes bytes = png_file(plain_picture(brightness), PNG_FORMAT_GRAY);
    write_text(name, {bytes.begin(), bytes.end()});
  };
  for (const int i : {0, 1, 2, 10})
    write_picture("drives/one/" + std::to_string(i) + ".png", static_cast<uint8_t>(10 + 10 * i));
  write_picture("drives/two/frame_5.png", 20);
  write_text("drives/one.csv", "n,x\n0,5\n10,6\n");
  EXPECT_TRUE(has(refusal<ConfigError>("drives"), "data.videos.picture_rate"));
  config_.picture_rate = 10;
  config_.label = "x", config_.frame = "n", config_.target = Target::number;
  const Videos videos = read("drives");
  ASSERT_EQ(videos.videos.size(), 2U);
  EXPECT_EQ(videos.videos[0].name, "one");
  EXPECT_EQ(steps(videos.videos[0]), (std::vector<int>{0, 1, 2, 10}));
  EXPECT_NEAR(videos.videos[0].seconds[3], 1, 1e-9);
  EXPECT_EQ(videos.videos[0].numbers[3], 6);
  EXPECT_EQ(videos.videos[1].length(), 1);
  const Videos alone = read("drives/one/");
  EXPECT_EQ(alone.videos.at(0).name, "one");
  EXPECT_EQ(alone.videos[0].numbers[0], 5);
}

/// Whether clips in a jumbled order are the same bits from decoded and from streamed frames.
void expect_streamed_alike(const Videos& kept, const Videos& streamed, const ClipConfig& config) {
  const Clips held(kept, config), decoded(streamed, config);
  ASSERT_EQ(held.size(), decoded.size());
  EXPECT_EQ(fingerprint(held), fingerprint(decoded));
  for (int64_t i = 0; i < std::min<int64_t>(held.size(), 60); ++i) {
    const std::vector<int64_t> rows{i * 37 % held.size(), i * 53 % held.size()};
    EXPECT_TRUE(held.read_packed(rows).x.equal(decoded.read_packed(rows).x)) << i;
  }
}

TEST_F(ReadVideos, DecodesAgainWhatTheDiskHasNoPlaceFor) {
  std::vector<Picture> frames = brightening(14);
  for (size_t i = 0; i < frames.size(); ++i) frames[i].pixels[40 * i] = 255;
  write_video((folder / "a.mkv").string(), {.frames = frames, .rate = 10});
  for (const char* const name : {"b.mkv", "c.mp4", "d.avi"})
    write_video((folder / name).string(), {.frames = frames,
                                           .codec = AV_CODEC_ID_MPEG4,
                                           .format = AV_PIX_FMT_YUV420P,
                                           .rate = 10,
                                           .b_frames = 2});
  const Videos kept = read();
  EXPECT_EQ(kept.notes.size(), 1U);  // times of the .avi
  config_.disk_gb = 1.5 * 14 * 24 * 32 * 1e-9;
  const Videos streamed = read();
  ASSERT_EQ(streamed.notes.size(), 2U);
  EXPECT_TRUE(has(streamed.notes[1], "3 of 4 videos are decoded each time"));
  EXPECT_TRUE(has(streamed.notes[1], ": b, c, d")) << streamed.notes[1];
  expect_streamed_alike(kept, streamed, {.frames = 3, .stride = 2, .step = 1});
  config_.frame_rate = 5, config_.disk_gb = 0;
  const Videos fewer = read();
  config_.disk_gb = 1;
  expect_streamed_alike(read(), fewer, {.frames = 2, .step = 1});
}

TEST_F(ReadVideos, DecodesPicturesAgainWhereTheDiskHasNoPlace) {
  std::filesystem::create_directories(folder / "one");
  for (const int i : {3, 4, 7, 12}) {
    const Bytes bytes = png_file(plain_picture(static_cast<uint8_t>(10 + 10 * i)), PNG_FORMAT_GRAY);
    write_text("one/" + std::to_string(i) + ".png", {bytes.begin(), bytes.end()});
  }
  config_.picture_rate = 10, config_.disk_gb = 0;
  const Videos videos = read("one");
  EXPECT_EQ(videos.notes.size(), 1U);
  EXPECT_EQ(steps(videos.videos.at(0)), (std::vector<int>{3, 4, 7, 12}));
  EXPECT_EQ(read_frames(*videos.videos[0].frames, {2, 0, 3})[1][0], 40);
  std::filesystem::remove(folder / "one" / "7.png");
  EXPECT_TRUE(has(message_of<DataError>([&] { steps(videos.videos[0]); }), "7.png"));
}

TEST_F(ReadVideos, SaysWhatItsFilesSay) {
  write_film("a.mkv", 4, {0, 100, 100, 200});
  const Videos videos = read();
  ASSERT_EQ(videos.notes.size(), 1U);
  EXPECT_TRUE(has(videos.notes[0], "did not rise"));
}

TEST(VideoConfig, IsReadAndChecked) {
  VideoConfig config;
  read_config(config, Json{{"colour", "grey"}, {"time_unit", "ms"}, {"times", "labels"}});
  EXPECT_EQ(config.colour, Colour::grey);
  EXPECT_EQ(config.time_unit, FrameTimeUnit::ms);
  EXPECT_EQ(config.times, FrameTimes::labels);
  EXPECT_THROW(read_config(config, Json{{"height", -1}}), ConfigError);
}

/// Expected numbers: the data's own description.
TEST(RealVideos, OfADriveHaveAllTheirLabelsAndSegments) {
  const char* const data = std::getenv("TACIT_DATA");
  if (data == nullptr) GTEST_SKIP() << "set TACIT_DATA to the folder that holds driving/";
  VideoConfig config{.label = "steering",
                     .target = Target::number,
                     .height = 30,
                     .width = 40,
                     .colour = Colour::grey,
                     .times = FrameTimes::labels,
                     .time = "timestamp_ms",
                     .frame = "frame",
                     .segment = "segment",
                     .time_unit = FrameTimeUnit::ms};
  const auto path = std::filesystem::path(data) / "driving" / "donkey_garage.mp4";
  Videos videos = read_videos(path, config);
  EXPECT_TRUE(videos.notes.empty());
  VideoConfig streaming = config;
  streaming.disk_gb = 0;
  expect_streamed_alike(videos, read_videos(path, streaming), {.frames = 8, .stride = 2});
  const Video& video = videos.videos.at(0);
  ASSERT_EQ(video.length(), 5015);
  EXPECT_EQ(video.rate_hz, 20);
  EXPECT_NEAR(video.seconds.back(), 316.1, 0.1);
  double sum = 0, squares = 0;
  for (const float steering : video.numbers) sum += steering, squares += steering * steering;
  EXPECT_NEAR(sum / 5015, -0.014, 1e-3);
  EXPECT_NEAR(std::sqrt(squares / 5015), 0.480, 1e-3);
  EXPECT_EQ(takes_of(video, 1), (std::vector<Take>{{0, 407}, {407, 2129}, {2129, 5015}}));
  Video without_segments = video;
  without_segments.segments.clear();
  EXPECT_EQ(takes_of(without_segments, 1), takes_of(video, 1));
  const Clips clips(std::move(videos), {.frames = 8, .stride = 2, .step = 4}, Target::number);
  EXPECT_EQ(clips.spec().rate_hz, 10);
  EXPECT_EQ(clips.size(), 99 + 427 + 718);
  for (int64_t row = 0; row < clips.size(); ++row) {
    const Origin origin = clips.origin(row);
    const std::vector<int64_t>& segments = clips.video(row).segments;
    EXPECT_EQ(segments[static_cast<size_t>(origin.begin)],
              segments[static_cast<size_t>(origin.end - 1)]);
  }
}

TEST(RealVideos, OfASimulatorAreJoinedByTheNumbersOfFrames) {
  const char* const data = std::getenv("TACIT_DATA");
  if (data == nullptr) GTEST_SKIP() << "set TACIT_DATA to the folder that holds driving/";
  const VideoConfig config{.label = "steering",
                           .target = Target::number,
                           .height = 15,
                           .width = 20,
                           .colour = Colour::grey,
                           .frame = "frame"};
  const auto path = std::filesystem::path(data) / "driving" / "sim_udacity_sample.mp4";
  const Videos videos = read_videos(path, config);
  EXPECT_EQ(videos.videos.at(0).length(), 8036);
  EXPECT_TRUE(videos.notes.empty());
  EXPECT_FALSE(std::isnan(videos.videos[0].numbers.back()));
}

}  // namespace
}  // namespace tacit
