// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/frame_folder.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/readers/video/video_files.h"

namespace tacit {
namespace {

constexpr FrameShape kGrey{.colour = Colour::grey};

class FrameFolders : public FolderTest {
 protected:
  void write(const std::string& name, const Bytes& bytes) {
    const std::filesystem::path file = folder / name;
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    files_.push_back(file);
  }
  void write(const std::string& name, uint8_t brightness) {
    write(name, png_file(plain_picture(brightness), PNG_FORMAT_GRAY));
  }
  FrameFolder open(double rate, const FrameShape& shape = kGrey,
                   Broken broken = Broken::refuse) const {
    return {files_, rate, shape, broken};
  }
  template <class Call>
  std::string refusal(const Call& call) const {
    return message_of<DataError>(call);
  }
  std::vector<std::filesystem::path> files_{};
};

void read_all(FrameFolder&& frames) {
  while (frames.next()) frames.planes();
}

TEST_F(FrameFolders, GoByTheNumbersInTheirNames) {
  write("cam_10.png", 100);
  write("cam_9.png", 90);
  write("cam_8_left.png", 80);
  FrameFolder frames = open(10);
  for (int i = 8; i <= 10; ++i) {
    ASSERT_TRUE(frames.next());
    EXPECT_EQ(frames.number(), i);
    EXPECT_NEAR(frames.seconds(), 0.1 * (i - 8), 1e-12);
    EXPECT_EQ(frames.planes(), Bytes(24 * 32, static_cast<uint8_t>(10 * i)));
  }
  EXPECT_FALSE(frames.next());
  EXPECT_EQ(frames.shape().height, 24);
  EXPECT_TRUE(frames.notes().empty());
}

TEST_F(FrameFolders, GoToAnyFrame) {
  for (const int i : {8, 9, 12})
    write("cam_" + std::to_string(i) + ".png", static_cast<uint8_t>(10 * i));
  FrameFolder frames = open(10);
  for (const int number : {12, 8, 9, 9}) {
    frames.seek(number, {});
    ASSERT_TRUE(frames.next());
    EXPECT_EQ(frames.number(), number);
    EXPECT_EQ(frames.planes()[0], 10 * number);
  }
  EXPECT_TRUE(frames.marks().empty());
}

TEST_F(FrameFolders, LeaveMissingFramesOpen) {
  for (const int number : {0, 5, 10, 15, 30, 35})
    write(std::to_string(number) + ".png", uint8_t{50});
  FrameFolder frames = open(20);
  std::vector<double> seconds;
  while (frames.next()) seconds.push_back(20 * frames.seconds());
  ASSERT_EQ(seconds.size(), 6U);
  EXPECT_NEAR(seconds[3], 3, 1e-9);
  EXPECT_NEAR(seconds[4], 6, 1e-9);
  FrameFolder timeless = open(0);
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(timeless.next());
    EXPECT_EQ(timeless.seconds(), i);
  }
}

TEST_F(FrameFolders, NeedNumbersThatDiffer) {
  write("a1.png", 1);
  write("1b.png", 1);
  EXPECT_NE(refusal([&] { open(1); }).find("the same number"), std::string::npos);
  files_.erase(files_.begin());
  write("c.png", 1);
  EXPECT_NE(refusal([&] { open(1); }).find("c.png"), std::string::npos);
  files_.pop_back();
  write("99999999999999999999.png", 1);
  EXPECT_NE(refusal([&] { open(1); }).find("too large"), std::string::npos);
}

TEST_F(FrameFolders, GoOnWithoutDamagedOnesIfAsked) {
  write("0.png", Bytes{1, 2, 3});
  write("1.png", 10);
  write("2.png", Bytes{});
  write("3.png", 30);
  EXPECT_NE(refusal([&] { read_all(open(10)); }).find("0.png"), std::string::npos);
  FrameFolder frames = open(10, kGrey, Broken::skip);
  std::vector<int64_t> numbers;
  std::vector<double> seconds;
  while (frames.next()) numbers.push_back(frames.number()), seconds.push_back(frames.seconds());
  EXPECT_EQ(numbers, (std::vector<int64_t>{1, 3}));
  EXPECT_EQ(seconds, (std::vector<double>{0, 0.2}));
  ASSERT_EQ(frames.notes().size(), 1U);
  EXPECT_NE(frames.notes()[0].find("2 frames"), std::string::npos);
  files_ = {files_[0]};
  EXPECT_NE(refusal([&] { read_all(open(1, kGrey, Broken::skip)); }).find("no frame"),
            std::string::npos);
}

TEST_F(FrameFolders, NeedOneSizeOrOneThatIsAskedFor) {
  write("0.jpg", jpeg_file(sample_picture(16, 24)));
  write("1.jpg", jpeg_file(sample_picture(16, 25)));
  EXPECT_NE(refusal([&] { read_all(open(1)); }).find("1.jpg has 25 x 16"), std::string::npos);
  EXPECT_NO_THROW(read_all(open(1, {.height = 8, .width = 8})));
}

}  // namespace
}  // namespace tacit
