// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/read_images.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

const std::string kOneOfMnist("\0\0\x08\x03\0\0\0\x01\0\0\0\x01\0\0\0\x01z", 17);

class ReadImages : public testing::Test {
 protected:
  Images read() const {
    return read_images({.path = folder_.path().string()}, {}, Target::category, "");
  }
  void png(const std::string& name, const Picture& picture = sample_picture()) const {
    std::filesystem::create_directories((folder_.path() / name).parent_path());
    const Bytes bytes = png_file(picture);
    folder_.write(name, {bytes.begin(), bytes.end()});
  }
  /// A table with one column of bytes, in a struct or not.
  void table(const std::string& name, const std::vector<Bytes>& cells, bool in_struct) const {
    arrow::BinaryBuilder builder;
    for (const Bytes& cell : cells)
      EXPECT_TRUE((cell.empty() ? builder.AppendNull()
                                : builder.Append(cell.data(), static_cast<int32_t>(cell.size())))
                      .ok());
    std::shared_ptr<arrow::Array> column = builder.Finish().ValueOrDie();
    if (in_struct)
      column =
          arrow::StructArray::Make({column}, {arrow::field("bytes", arrow::binary())}).ValueOrDie();
    const auto written =
        arrow::Table::Make(arrow::schema({arrow::field("cell", column->type())}), {column});
    const auto file =
        arrow::io::FileOutputStream::Open((folder_.path() / name).string()).ValueOrDie();
    EXPECT_TRUE(parquet::arrow::WriteTable(*written, arrow::default_memory_pool(), file).ok());
    EXPECT_TRUE(file->Close().ok());
  }
  bool holds(const std::string& name = "") const { return holds_images(folder_.path() / name); }

  TemporaryFolder folder_;
};

TEST_F(ReadImages, TellsKindsOfFilesApart) {
  png("cat/1.png");
  EXPECT_EQ(image_files(folder_.path()), ImageFiles::pictures);
  EXPECT_EQ(read().classes(), std::vector<std::string>{"cat"});
  table("a.parquet", {png_file(sample_picture())}, false);
  EXPECT_EQ(image_files(folder_.path()), ImageFiles::table);
  folder_.write("a.tar", "");
  EXPECT_EQ(image_files(folder_.path()), ImageFiles::archives);
  folder_.write("test_batch.bin", std::string(3073, '\x01'));
  EXPECT_EQ(image_files(folder_.path()), ImageFiles::cifar);
  EXPECT_EQ(read().spec().shape, (std::vector<int64_t>{3, 32, 32}));
  folder_.write("x-images-idx3-ubyte", kOneOfMnist);
  EXPECT_EQ(image_files(folder_.path()), ImageFiles::idx);
  EXPECT_EQ(read().spec().shape, (std::vector<int64_t>{3, 1, 1}));
}

TEST_F(ReadImages, SaysThatThereIsNothing) {
  EXPECT_NE(message<DataError>([&] { read(); }).find("holds no"), std::string::npos);
  EXPECT_EQ(
      message<DataError>([&] { read_images({.path = "/nowhere"}, {}, Target::category, ""); }),
      "data.path: there is no /nowhere");
}

TEST_F(ReadImages, FindsPicturesAnywhereBelow) {
  EXPECT_FALSE(holds());
  EXPECT_FALSE(holds_images("/nowhere"));
  png(".hidden/1.png");
  folder_.write("notes.txt", "hello");
  EXPECT_FALSE(holds());
  png("deep/below/1.png");
  EXPECT_TRUE(holds());
  EXPECT_TRUE(holds("deep/below/1.png"));
  EXPECT_FALSE(holds("notes.txt"));
  folder_.write("a.tar.gz", "");
  EXPECT_TRUE(holds("a.tar.gz"));
}

TEST_F(ReadImages, LeavesRecordingsWithAFewPicturesToOthers) {
  for (const char* const name : {"day.csv", "day.csv.gz", "day.jsonl", "day.edf", "day.mat"}) {
    for (int i = 0; i < 9; ++i) png("plots/" + std::to_string(i) + ".png");
    folder_.write(name, "a,b\n1,2\n");
    EXPECT_FALSE(holds()) << name;
    png("plots/9.png");  // one list for ten pictures
    EXPECT_TRUE(holds()) << name;
    std::filesystem::remove(folder_.path() / "plots/9.png");
    std::filesystem::remove(folder_.path() / name);
  }
  folder_.write("X.npy", "");
  EXPECT_FALSE(holds());
}

TEST_F(ReadImages, LeavesArchivesBesideRecordingsToOthers) {
  folder_.write("backup.tar.gz", "");
  EXPECT_TRUE(holds());
  folder_.write("day.csv", "a,b\n1,2\n");
  EXPECT_FALSE(holds());
  folder_.write("x-images-idx3-ubyte", kOneOfMnist);
  EXPECT_TRUE(holds());
}

TEST_F(ReadImages, LooksIntoTables) {
  const Bytes picture = jpeg_file(sample_picture()), words{'w', 'o', 'r', 'd'};
  for (const bool in_struct : {false, true}) {
    table("a.parquet", {{}, words, picture}, in_struct);
    EXPECT_TRUE(holds("a.parquet"));
    EXPECT_TRUE(holds());
    table("a.parquet", {{}, words}, in_struct);
    EXPECT_FALSE(holds("a.parquet"));
    EXPECT_FALSE(holds());
  }
  folder_.write("a.parquet", "no Parquet");
  EXPECT_FALSE(holds());
}

TEST_F(ReadImages, SeesSizesOfSome) {
  const auto sizes = [&](size_t most) {
    return some_sizes({.path = folder_.path().string()}, most);
  };
  using Sizes = std::vector<PictureSize>;
  for (int i = 0; i < 6; ++i)
    png("x/" + std::to_string(i) + ".png", sample_picture(10 + i, 20 + i));
  EXPECT_EQ(sizes(2), (Sizes{{10, 20}, {13, 23}}));
  EXPECT_EQ(sizes(3), (Sizes{{10, 20}, {12, 22}, {14, 24}}));
  EXPECT_EQ(sizes(100).size(), 6);
  folder_.write("x/0.png", "broken");
  EXPECT_EQ(sizes(2), (Sizes{{13, 23}}));
  folder_.write("x-images-idx3-ubyte", kOneOfMnist);
  EXPECT_TRUE(sizes(100).empty());
}

}  // namespace
}  // namespace tacit
