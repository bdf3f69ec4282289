// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/image_folder.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class ImageFolder : public testing::Test {
 protected:
  void write(const std::string& name, const Bytes& bytes) const {
    std::filesystem::create_directories((folder_.path() / name).parent_path());
    folder_.write(name, {bytes.begin(), bytes.end()});
  }
  Images read() const {
    ImageBuilder builder({}, "");
    read_image_folder(asked_, builder);
    return builder.finish(asked_.path, Target::category, {});
  }
  TemporaryFolder folder_;
  LongFormConfig asked_{.path = folder_.path().string()};
};

TEST_F(ImageFolder, IsLabelledByItsFolders) {
  write("train/cat/1.png", png_file(sample_picture()));
  write("train/dog/1.JPG", jpeg_file(sample_picture()));
  write("test/cat/2.webp", webp_file(sample_picture()));
  write("test/notes.txt", {1, 2});
  const Images images = read();
  ASSERT_EQ(images.size(), 3);
  EXPECT_EQ(images.classes(), (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(images.origin(0).recording, "test");
  EXPECT_EQ(images.origin(1).recording, "train");
  EXPECT_EQ(images.label(2), 1);
  EXPECT_TRUE(images.about(0).name.ends_with("test/cat/2.webp"));
  asked_.label = "";
  EXPECT_TRUE(read().classes().empty());
}

TEST_F(ImageFolder, IsLabelledByAPattern) {
  write("anna_cat_1.png", png_file(sample_picture()));
  write("bob_dog_1.png", png_file(sample_picture()));
  asked_.path_pattern = "{person}_{animal}_{}";
  asked_.label = "animal", asked_.subject = "person";
  const Images images = read();
  EXPECT_EQ(images.classes(), (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(images.origin(1).subject, "bob");
}

TEST_F(ImageFolder, WithoutPicturesIsRefused) {
  write("a.txt", {1});
  EXPECT_THROW(read(), DataError);
}

TEST(OriginByFolders, TakesTheNearestForTheLabelAndTheFirstForThePart) {
  const auto told = [](const std::string& name) {
    const ImageOrigin origin = origin_by_folders(name);
    return origin.recording + "|" + origin.label;
  };
  EXPECT_EQ(told("1.png"), "|");
  EXPECT_EQ(told("cat/1.png"), "|cat");
  EXPECT_EQ(told("train/cat/1.png"), "train|cat");
  EXPECT_EQ(told("set/train/cat/1.png"), "set|cat");
}

}  // namespace
}  // namespace tacit
