// SPDX-License-Identifier: Apache-2.0
#include "tacit/fetch/unpack.h"

#include <fstream>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/fetch/loopback_server.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

class UnpackTest : public FolderTest {
 protected:
  UnpackTest() { fs::create_directory(folder / "in"); }
  std::vector<std::string> unpacked(const std::string& bytes,
                                    const UnpackLimits& limits = {}) const {
    std::ofstream(folder / "a.zip", std::ios::binary) << bytes;
    return unpack(folder / "a.zip", folder / "in", limits);
  }
  std::string refusal(const std::string& bytes, const UnpackLimits& limits = {}) const {
    const std::string said = message_of<DataError>([&] { unpacked(bytes, limits); });
    EXPECT_EQ(content(), (std::set<std::string>{"a.zip", "in"}));  // nothing outside
    return said;
  }
};

TEST_F(UnpackTest, WritesFilesAndFolders) {
  EXPECT_EQ(
      unpacked(zip_of({{"a/b/c.txt", "one"}, {"d.txt", std::string(100000, 'x')}, {"empty", ""}})),
      (std::vector<std::string>{"a/b/c.txt", "d.txt", "empty"}));
  EXPECT_EQ(content_of(folder / "in/a/b/c.txt"), "one");
  EXPECT_EQ(fs::file_size(folder / "in/d.txt"), 100000);
}

TEST_F(UnpackTest, NeverLeavesTheFolder) {
  for (const char* const name :
       {"../out.txt", "a/../../out.txt", "/tmp/tacit-out.txt", "..\\out.txt", ".."})
    EXPECT_NE(refusal(zip_of({{name, "x"}})).find("so nothing of it is kept"), std::string::npos)
        << name;
  EXPECT_NE(refusal(zip_of({{"link way", "/etc"}, {"way/passwd", "x"}})).find("\"way\" is a link"),
            std::string::npos);
  EXPECT_NE(refusal(zip_of({{"link way", "ok.txt"}})).find("is a link"), std::string::npos);
}

TEST_F(UnpackTest, RefusesTwiceTheSameFile) {
  EXPECT_NE(refusal(zip_of({{"a.txt", "x"}, {"a.txt", "y"}})).find("comes twice"),
            std::string::npos);
}

TEST_F(UnpackTest, RefusesTraps) {
  const std::string small = zip_of({{"a", "x"}, {"b", std::string(5000, 'y')}});
  EXPECT_NE(refusal(small, {.most_files = 1}).find("as many as are taken"), std::string::npos);
  fs::remove_all(folder / "in/a");
  EXPECT_NE(refusal(small, {.most_bytes = 1000}).find("makes 5001 bytes"), std::string::npos);
  fs::remove_all(folder / "in/a");
  fs::remove_all(folder / "in/b");
  const std::string bomb = zip_of({{"bomb", std::string(size_t{80} << 20, '\0')}});
  EXPECT_LT(bomb.size(), size_t{1} << 18);
  EXPECT_NE(refusal(bomb).find("more than is taken"), std::string::npos);
}

TEST_F(UnpackTest, SaysThatAnArchiveIsDamagedOrNone) {
  const std::string good = zip_of({{"a", std::string(5000, 'y') + std::string(5000, 'z')}});
  EXPECT_NE(refusal("this is no archive"), "");
  EXPECT_NE(refusal(good.substr(0, good.size() / 4)), "");
  EXPECT_THROW(unpack(folder / "none.zip", folder), DataError);
  EXPECT_THROW(unpack(folder / "a.zip", folder / "none"), StateError);
}

}  // namespace
}  // namespace tacit
