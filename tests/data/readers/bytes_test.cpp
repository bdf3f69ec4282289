// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/bytes.h"

#include <arrow/io/interfaces.h>
#include <gtest/gtest.h>

#include <vector>

#include "tacit/core/error.h"
#include "tests/data/readers/packed.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class BytesTest : public testing::Test {
 protected:
  std::string bytes_of(const std::string& file, size_t most) const {
    const auto stream = open_bytes(file);
    std::string all;
    for (;;) {
      const std::string part = next_bytes(file, *stream, most);
      EXPECT_LE(part.size(), most);
      if (part.empty()) return all;
      all += part;
    }
  }
  std::vector<std::string> lines_of(const std::string& content) const {
    TextLines lines(folder.write("a.txt", content));
    std::vector<std::string> all;
    while (const auto line = lines.next())
      all.push_back(std::to_string(lines.number()) + ":" + std::string(*line));
    return all;
  }
  TemporaryFolder folder;
};

TEST_F(BytesTest, AreTheSamePlainAndPacked) {
  std::string content;
  for (int i = 0; i < 100000; ++i) content += std::to_string(i * 7919) + "\n";
  const std::string plain = folder.write("a.txt", content);
  const std::string gz = folder.write("a.txt.gz", packed(content));
  EXPECT_LT(std::filesystem::file_size(gz), content.size() / 2);
  for (const size_t most : {size_t{1} << 10, size_t{1} << 20}) {
    EXPECT_EQ(bytes_of(plain, most), content);
    EXPECT_EQ(bytes_of(gz, most), content);
  }
  EXPECT_EQ(bytes_of(folder.write("none.txt", ""), 10), "");
}

TEST_F(BytesTest, AreRefusedByNameWhereTheyCannotBeRead) {
  const auto said = [&](const std::string& file) {
    return message<DataError>([&] { bytes_of(file, 100); });
  };
  EXPECT_NE(said((folder.path() / "none.txt").string()).find("none.txt"), std::string::npos);
  EXPECT_NE(said(folder.write("a.gz", "not packed")).find("a.gz"), std::string::npos);
  std::string content;
  for (int i = 0; i < 50; ++i) content += std::to_string(i * 7919);
  const std::string whole = packed(content);
  for (size_t length = 1; length < whole.size(); ++length)
    EXPECT_NE(said(folder.write("cut.gz", whole.substr(0, length))).find("cut.gz"),
              std::string::npos)
        << length;
}

TEST_F(BytesTest, FallIntoLinesThatAreNotBlank) {
  EXPECT_EQ(lines_of("a\n\n \t\r\nb c\r\n  d"),
            (std::vector<std::string>{"1:a", "4:b c\r", "5:  d"}));
  EXPECT_EQ(lines_of("\xEF\xBB\xBF"
                     "a\n\xEF\xBB\xBF"
                     "b\n"),
            (std::vector<std::string>{"1:a",
                                      "2:\xEF\xBB\xBF"
                                      "b"}));
  for (const char* blank : {"", "\n", "\r\n \n", "\xEF\xBB\xBF\n"})
    EXPECT_TRUE(lines_of(blank).empty()) << blank;
}

TEST_F(BytesTest, FallIntoTheSameLinesWhereverABlockOfTheFileEnds) {
  std::vector<std::string> wanted;
  std::string content;
  for (size_t i = 0; content.size() < size_t{5} << 20; ++i) {
    const std::string line(1 + i * 7919 % 200000, static_cast<char>('a' + i % 26));
    content += line + "\n";
    wanted.push_back(std::to_string(i + 1) + ":" + line);
  }
  EXPECT_EQ(lines_of(content), wanted);
}

TEST_F(BytesTest, FallIntoLinesOfAMegabyteAtMost) {
  const std::string megabyte(size_t{1} << 20, 'x');
  EXPECT_EQ(lines_of("a\n" + megabyte + "\nb\n").size(), 3u);
  for (const std::string end : {"", "\n", "\nb\n"})
    EXPECT_NE(message<DataError>([&] {
                lines_of("a\n" + megabyte + "x" + end);
              }).find("line 2 is longer than a megabyte"),
              std::string::npos);
  // Refused before the rest is read, of which the end is missing here.
  const std::string whole = packed(std::string(size_t{64} << 20, 'x'));
  TextLines lines(folder.write("a.txt.gz", whole.substr(0, whole.size() / 2)));
  EXPECT_NE(message<DataError>([&] { lines.next(); }).find("longer than a megabyte"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
