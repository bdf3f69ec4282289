// SPDX-License-Identifier: Apache-2.0
#include "tacit/fetch/fetch.h"

#include <fstream>

#include "tests/core/folder.h"
#include "tests/fetch/loopback_server.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

class FetchTest : public FolderTest {
 protected:
  FetchTest() {
    server.files["/set.zip"] =
        zip_of({{"A/sub_1.csv", "t,x\n"}, {"inner.zip", zip_of({{"B/b.txt", "b"}})}});
  }
  FetchConfig config() const { return {.url = server.url("/set.zip")}; }
  LoopbackServer server;
};

TEST_F(FetchTest, LeavesAFolderAndNothingElse) {
  const auto fetched = fetch("motionsense", folder, config());
  ASSERT_TRUE(fetched);
  EXPECT_EQ(fetched->folder, folder / "motionsense");
  EXPECT_EQ(fetched->files, 2);
  EXPECT_FALSE(fetched->verified);
  EXPECT_EQ(fetched->sha256.size(), 64);
  EXPECT_EQ(content(), std::set<std::string>{"motionsense"});
  EXPECT_EQ(content_of(folder / "motionsense/A/sub_1.csv"), "t,x\n");
  EXPECT_EQ(content_of(folder / "motionsense/B/b.txt"), "b");
  EXPECT_FALSE(fs::exists(folder / "motionsense/inner.zip"));
  EXPECT_EQ(fetch("motionsense", folder, config())->sha256, "");  // it is there
  EXPECT_EQ(server.requests.size(), 1);
}

TEST_F(FetchTest, ChecksTheHashThatAPersonGives) {
  FetchConfig wrong = config();
  wrong.sha256 = std::string(64, 'a');
  EXPECT_THROW(fetch("hapt", folder, wrong), DataError);
  EXPECT_TRUE(content().empty());
  wrong.sha256 = fetch("hapt", folder, config())->sha256;
  EXPECT_TRUE(fetch("wisdm", folder, wrong)->verified);
}

TEST_F(FetchTest, LeavesNothingOfAHostileArchive) {
  server.files["/set.zip"] = zip_of({{"ok.txt", "x"}, {"../out.txt", "x"}});
  EXPECT_NE(message_of<DataError>([&] { fetch("hapt", folder, config()); }).find("leads out"),
            std::string::npos);
  EXPECT_TRUE(content().empty());
}

TEST_F(FetchTest, SweepsWhatAKilledCallLeft) {
  fs::create_directories(folder / "hapt.unpacking/half");
  ASSERT_TRUE(fetch("hapt", folder, config()));
  EXPECT_EQ(content(), std::set<std::string>{"hapt"});
  EXPECT_FALSE(fs::exists(folder / "hapt/half"));
}

TEST_F(FetchTest, NamesTheNearestSetAndTheMissingFolder) {
  EXPECT_NE(
      message_of<ConfigError>([&] { fetch("motionsens", folder, {}); }).find("\"motionsense\""),
      std::string::npos);
  EXPECT_NE(message_of<StateError>([&] {
              fetch("hapt", folder / "none", config());
            }).find("there is no folder"),
            std::string::npos);
}

TEST(PublishedSets, AreAtAddressesThatCannotBeListenedTo) {
  for (const PublishedSet& set : published_sets())
    EXPECT_TRUE(set.url.starts_with("https://")) << set.name;
}

}  // namespace
}  // namespace tacit
