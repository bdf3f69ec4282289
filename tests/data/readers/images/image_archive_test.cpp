// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/image_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

using Entries = std::vector<std::pair<std::string, Bytes>>;

void write_tar(const std::filesystem::path& file, const Entries& entries) {
  archive* const writer = archive_write_new();
  archive_write_set_format_pax_restricted(writer);
  if (file.extension() == ".gz") archive_write_add_filter_gzip(writer);
  archive_write_open_filename(writer, file.c_str());
  for (const auto& [name, bytes] : entries) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    archive_write_data(writer, bytes.data(), bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
}
Bytes words(const std::string& letters) { return {letters.begin(), letters.end()}; }

class ImageArchive : public testing::Test {
 protected:
  Images read() const {
    ImageBuilder builder({}, "");
    read_image_archives(asked_, builder);
    return builder.finish(asked_.path, Target::category, {});
  }
  TemporaryFolder folder_;
  LongFormConfig asked_{.path = folder_.path().string()};
};

TEST_F(ImageArchive, OfFoldersIsLabelledByThem) {
  write_tar(folder_.path() / "all.tar.gz", {{"train/cat/1.png", png_file(sample_picture())},
                                            {"train/readme.txt", words("hello")},
                                            {"test/dog/1.jpg", jpeg_file(sample_picture())}});
  const Images images = read();
  ASSERT_EQ(images.size(), 2);
  EXPECT_EQ(images.classes(), (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(images.origin(1).recording, "test");
}

TEST_F(ImageArchive, OfSamplesIsLabelledByWhatLiesBesideThem) {
  write_tar(folder_.path() / "shard-0.tar", {{"0001.jpg", jpeg_file(sample_picture())},
                                             {"0001.cls", words("7\n")},
                                             {"0002.cls", words("8")},
                                             {"0002.png", png_file(sample_picture())},
                                             {"0003.png", png_file(sample_picture())}});
  write_tar(folder_.path() / "shard-1.tar", {{"0001.png", png_file(sample_picture())}});
  const Images images = read();
  ASSERT_EQ(images.size(), 4);
  EXPECT_EQ(images.classes(), (std::vector<std::string>{"7", "8"}));
  EXPECT_EQ(images.label(0), 0);
  EXPECT_EQ(images.label(1), 1);
  EXPECT_EQ(images.label(2), -1);
  EXPECT_EQ(images.label(3), -1);  // another archive, whatever its samples are called
  EXPECT_EQ(images.origin(3).recording, "shard-1.tar");
  asked_.label = "";
  EXPECT_TRUE(read().classes().empty());
}

TEST_F(ImageArchive, ThatIsCutOrEmptyIsRefused) {
  const auto file = folder_.path() / "a.tar";
  write_tar(file, {{"cat/1.png", png_file(sample_picture(64, 64))}});
  std::filesystem::resize_file(file, 600);
  EXPECT_NE(message<DataError>([&] { read(); }).find("a.tar cannot be unpacked"),
            std::string::npos);
  write_tar(file, {{"notes.txt", words("hello")}});
  EXPECT_NE(message<DataError>([&] { read(); }).find("holds no picture"), std::string::npos);
}

}  // namespace
}  // namespace tacit
