// SPDX-License-Identifier: Apache-2.0
#include "tacit/fetch/download.h"

#include <fstream>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/fetch/loopback_server.h"

namespace tacit {
namespace {

class DownloadTest : public FolderTest {
 protected:
  DownloadTest() {
    for (int i = 0; i < 50000; ++i) body += std::to_string(i);
    server.files["/a"] = body;
    write("truth", body);
    hash = sha256_of(folder / "truth");
    std::filesystem::remove(folder / "truth");
  }
  void write(const std::string& name, const std::string& content) const {
    std::ofstream(folder / name, std::ios::binary) << content;
  }
  DownloadConfig config(const std::string& path = "/a") const {
    return {.url = server.url(path), .file = folder / "a.zip", .sha256 = hash};
  }

  LoopbackServer server;
  std::string body, hash;
};

TEST_F(DownloadTest, KnowsTheHashOfTheStandard) {
  write("abc", "abc");  // FIPS 180-4's example
  EXPECT_EQ(sha256_of(folder / "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(DownloadTest, TakesAFileWhole) {
  server.redirects["/old"] = server.url("/a");
  const auto done = download(config("/old"));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->sha256, hash);
  EXPECT_EQ(done->bytes, static_cast<int64_t>(body.size()));
  EXPECT_EQ(done->continued_from, 0);
  EXPECT_EQ(content_of(folder / "a.zip"), body);
  EXPECT_EQ(content(), std::set<std::string>{"a.zip"});
}

TEST_F(DownloadTest, ContinuesWhereACutLeftIt) {
  server.cut_after = 100000;
  EXPECT_NE(message_of<StateError>([&] { download(config()); }).find("the same command continues"),
            std::string::npos);
  EXPECT_EQ(content(), std::set<std::string>{"a.zip.part"});
  server.cut_after = SIZE_MAX;
  EXPECT_EQ(download(config())->continued_from, 100000);
  EXPECT_EQ(server.requests.back(), "GET /a from 100000");
  EXPECT_EQ(content_of(folder / "a.zip"), body);
}

TEST_F(DownloadTest, StartsAgainWhereRangesAreNotKnown) {
  write("a.zip.part", std::string(1000, 'x'));
  server.knows_ranges = false;
  EXPECT_EQ(download(config())->continued_from, 0);
  EXPECT_EQ(content_of(folder / "a.zip"), body);
}

TEST_F(DownloadTest, NeedsNothingMoreOfAPartThatIsWhole) {
  write("a.zip.part", body);
  EXPECT_EQ(download(config())->continued_from, static_cast<int64_t>(body.size()));
  std::filesystem::remove(folder / "a.zip");
  write("a.zip.part", std::string(body.size() + 5, 'x'));  // of another file
  EXPECT_EQ(download(config())->continued_from, 0);
  EXPECT_EQ(content_of(folder / "a.zip"), body);
}

TEST_F(DownloadTest, KeepsNothingWithAWrongHash) {
  DownloadConfig wrong = config();
  wrong.sha256 = std::string(64, '0');
  const std::string said = message_of<DataError>([&] { download(wrong); });
  EXPECT_NE(said.find(hash), std::string::npos);
  EXPECT_TRUE(content().empty());
  wrong.sha256 = "abc";
  EXPECT_NE(message_of<ConfigError>([&] { download(wrong); }).find("64 digits"), std::string::npos);
}

TEST_F(DownloadTest, SaysWhatTheServerAnswers) {
  EXPECT_NE(message_of<DataError>([&] { download(config("/b")); }).find("answers 404"),
            std::string::npos);
  EXPECT_TRUE(content().empty());
  DownloadConfig large = config();
  large.most_bytes = 1000;
  EXPECT_NE(message_of<DataError>([&] { download(large); }).find("more than 1000 bytes"),
            std::string::npos);
}

TEST_F(DownloadTest, RefusesWhatCannotBe) {
  DownloadConfig none = config();
  none.file = folder / "nowhere" / "a.zip";
  EXPECT_NE(message_of<StateError>([&] { download(none); }).find("there is no folder"),
            std::string::npos);
  none = config();
  none.url = "file:///etc/passwd";
  EXPECT_NE(message_of<ConfigError>([&] { download(none); }).find("https://"), std::string::npos);
  server.redirects["/trap"] = "file:///etc/passwd";
  EXPECT_THROW(download(config("/trap")), StateError);
  none.url = "http://127.0.0.1:1/a";
  EXPECT_THROW(download(none), StateError);
}

TEST_F(DownloadTest, StopsWhenAskedAndKeepsThePart) {
  const std::atomic<bool> stop = true;
  DownloadConfig stopped = config();
  stopped.stop = &stop;
  EXPECT_FALSE(download(stopped));
  EXPECT_FALSE(content().contains("a.zip"));
}

}  // namespace
}  // namespace tacit
