// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/live_bytes.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <thread>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

void append(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::app) << bytes;
}

void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(60)); }

TEST(LiveBytes, ReadAFileToItsEnd) {
  const TemporaryFolder folder;
  const std::string content(100000, 'x');
  LiveBytes bytes(folder.write("a.csv", content), FileEnd::ends, nullptr);
  std::string read;
  for (auto part = bytes.next(); !part.empty(); part = bytes.next()) read += part;
  EXPECT_EQ(read, content);
  EXPECT_TRUE(bytes.next().empty());
}

TEST(LiveBytes, WaitForMoreOfAFileThatGrowsUntilTheyAreStopped) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.csv", "one");
  std::atomic<bool> stop = false;
  LiveBytes bytes(file, FileEnd::grows, &stop);
  EXPECT_EQ(bytes.next(), "one");
  std::thread writer([&] {
    pause();
    append(file, "two");
    pause();
    stop = true;
  });
  EXPECT_EQ(bytes.next(), "two");
  EXPECT_FALSE(bytes.is_stopped());
  EXPECT_EQ(bytes.next(), "");
  EXPECT_TRUE(bytes.is_stopped());
  writer.join();
}

TEST(LiveBytes, ComeOutOfAPipeAsTheyAreWritten) {
  const TemporaryFolder folder;
  const std::filesystem::path pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] {
    std::ofstream out(pipe);
    out << "one" << std::flush;
    pause();
    out << "two" << std::flush;
  });
  LiveBytes bytes(pipe, FileEnd::ends, nullptr);
  EXPECT_EQ(bytes.next(), "one");
  EXPECT_EQ(bytes.next(), "two");
  EXPECT_EQ(bytes.next(), "");
  writer.join();
}

TEST(LiveBytes, RefuseAFileThatIsNotThereOrWasShortened) {
  const TemporaryFolder folder;
  EXPECT_THROW(LiveBytes(folder.path() / "none", FileEnd::ends, nullptr), DataError);
  LiveBytes of_folder(folder.path(), FileEnd::ends, nullptr);
  EXPECT_THROW(of_folder.next(), DataError);
  const std::string file = folder.write("a.csv", "a long line");
  LiveBytes bytes(file, FileEnd::grows, nullptr);
  bytes.next();
  std::filesystem::resize_file(file, 3);
  EXPECT_NE(message<DataError>([&] { bytes.next(); }).find("a.csv was shortened"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
