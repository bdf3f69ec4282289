// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/read_images.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class ReadImages : public testing::Test {
 protected:
  Images read() const {
    return read_images({.path = folder_.path().string()}, {}, Target::category, "");
  }
  TemporaryFolder folder_;
};

TEST_F(ReadImages, TellsKindsOfFilesApart) {
  const Bytes png = png_file(sample_picture());
  std::filesystem::create_directories(folder_.path() / "cat");
  folder_.write("cat/1.png", {png.begin(), png.end()});
  EXPECT_EQ(read().classes(), std::vector<std::string>{"cat"});
  folder_.write("test_batch.bin", std::string(3073, '\x01'));
  EXPECT_EQ(read().spec().shape, (std::vector<int64_t>{3, 32, 32}));
  folder_.write("x-images-idx3-ubyte",
                std::string("\0\0\x08\x03\0\0\0\x01\0\0\0\x01\0\0\0\x01z", 17));
  EXPECT_EQ(read().spec().shape, (std::vector<int64_t>{3, 1, 1}));
}

TEST_F(ReadImages, SaysThatThereIsNothing) {
  EXPECT_NE(message<DataError>([&] { read(); }).find("holds no"), std::string::npos);
  EXPECT_EQ(
      message<DataError>([&] { read_images({.path = "/nowhere"}, {}, Target::category, ""); }),
      "data.path: there is no /nowhere");
}

}  // namespace
}  // namespace tacit
