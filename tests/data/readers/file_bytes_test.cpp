// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/file_bytes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/packed.h"

namespace tacit {
namespace {

class BytesOfFile : public FolderTest {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::ofstream(folder / name, std::ios::binary) << content;
    return folder / name;
  }
  std::filesystem::path pack(const std::string& name, const std::string& content) const {
    return write(name, packed(content));
  }
};

TEST_F(BytesOfFile, AreAllOfThem) {
  std::string content;
  for (uint32_t i = 0; i < 3'000'001; ++i) content += static_cast<char>(i * i >> 3 & 127);
  EXPECT_EQ(bytes_of_file(write("a.bin", content), content.size()), content);
  EXPECT_EQ(bytes_of_file(pack("a.bin.gz", content), content.size()), content);
  EXPECT_EQ(bytes_of_file(write("empty", ""), 0), "");
}

TEST_F(BytesOfFile, OfSeveralPackedPartsAreJoined) {
  EXPECT_EQ(bytes_of_file(write("both.gz", packed("one, ") + packed("two")), 100), "one, two");
}

TEST_F(BytesOfFile, AreRefusedAboveTheLimit) {
  const std::string content(100, 'x');
  for (const auto& file : {write("a.bin", content), pack("a.gz", content)}) {
    const std::string said = message_of<DataError>([&] { bytes_of_file(file, 99); });
    EXPECT_NE(said.find(file.string() + ": it holds more than 99 bytes"), std::string::npos)
        << said;
  }
}

TEST_F(BytesOfFile, AreRefusedWhereTheyCannotBeRead) {
  for (const auto& file : {folder / "none", folder}) {
    const std::string said = message_of<DataError>([&] { bytes_of_file(file, 99); });
    EXPECT_NE(said.find(file.string()), std::string::npos) << said;
  }
}

TEST_F(BytesOfFile, AreRefusedWherePackedOnesAreCutOrDamaged) {
  const std::string whole = packed("some words, and some words again");
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_THROW(bytes_of_file(write("cut.gz", whole.substr(0, length)), 999), DataError) << length;
  EXPECT_THROW(bytes_of_file(write("plain.gz", "some words"), 999), DataError);
}

}  // namespace
}  // namespace tacit
