// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init_images.h"

#include <archive.h>
#include <archive_entry.h>
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>

#include "tacit/run/init_recipe.h"
#include "tacit/run/pretrain.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/run/habits.h"
#include "tests/run/tiny.h"

namespace tacit {
namespace {

using Names = std::vector<std::string>;

/// Noise that no other number gives.
Picture noise(uint64_t number, int64_t height = 24, int64_t width = 24, int64_t channels = 3) {
  Picture picture{.height = height, .width = width, .channels = channels};
  Rng rng = Rng(7).stream(number);
  for (int64_t i = 0; i < height * width * channels; ++i)
    picture.pixels.push_back(static_cast<uint8_t>(rng.below(256)));
  return picture;
}

std::string bytes_of(const Bytes& file) { return {file.begin(), file.end()}; }

bool any_says(const std::vector<std::string>& sentences, const std::string& part) {
  return std::ranges::any_of(
      sentences, [&](const std::string& each) { return each.find(part) != std::string::npos; });
}

std::string whole(uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
  return out;
}

class InitImagesTest : public FolderTest {
 protected:
  void png(const std::string& name, const Picture& picture) {
    write(folder / name, bytes_of(png_file(picture)));
  }
  /// So many different pictures in a folder.
  void fill(const std::string& where, int count, int64_t height = 24, int64_t width = 24) {
    for (int i = 0; i < count; ++i)
      png(where + "/" + std::to_string(i) + ".png", noise(next_++, height, width));
  }
  Recipe recipe_for(const std::filesystem::path& data, const Names& overrides = {}) {
    const std::filesystem::path file = folder / "recipe.toml";
    write_file(file, {write_recipe(look_at(data, overrides), "Written")});
    return load_recipe(file.string(), {});
  }
  /// Files of MNIST's kind.
  void idx(const std::string& part, uint32_t count) {
    std::string pixels, labels;
    for (uint32_t i = 0; i < count; ++i) {
      const Picture picture = noise(next_++, 8, 8, 1);
      pixels.append(picture.pixels.begin(), picture.pixels.end());
      labels += static_cast<char>(i % 2);
    }
    write(folder / "idx" / (part + "-images-idx3-ubyte"),
          whole(0x803) + whole(count) + whole(8) + whole(8) + pixels);
    write(folder / "idx" / (part + "-labels-idx1-ubyte"), whole(0x801) + whole(count) + labels);
  }
  void tar(const std::string& name, const std::map<std::string, Bytes>& entries) {
    archive* const writer = archive_write_new();
    archive_write_set_format_ustar(writer);
    std::filesystem::create_directories((folder / name).parent_path());
    archive_write_open_filename(writer, (folder / name).c_str());
    for (const auto& [path, bytes] : entries) {
      archive_entry* const entry = archive_entry_new();
      archive_entry_set_pathname(entry, path.c_str());
      archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
      archive_entry_set_filetype(entry, AE_IFREG);
      archive_write_header(writer, entry);
      archive_write_data(writer, bytes.data(), bytes.size());
      archive_entry_free(entry);
    }
    archive_write_close(writer);
    archive_write_free(writer);
  }
  /// A Parquet file with `count` pictures, who they are of, and a mark of 0 or 1.
  void parquet(const std::string& name, int count, const std::string& who,
               const std::string& mark) {
    arrow::BinaryBuilder cells;
    arrow::StringBuilder people;
    arrow::Int64Builder marks;
    for (int i = 0; i < count; ++i) {
      const Bytes bytes = png_file(noise(next_++));
      EXPECT_TRUE(cells.Append(bytes.data(), static_cast<int32_t>(bytes.size())).ok());
      EXPECT_TRUE(people.Append("p" + std::to_string(i % 6)).ok());
      EXPECT_TRUE(marks.Append(i / 6 % 2).ok());
    }
    const auto table = arrow::Table::Make(
        arrow::schema({arrow::field("image", arrow::binary()), arrow::field(who, arrow::utf8()),
                       arrow::field(mark, arrow::int64())}),
        {cells.Finish().ValueOrDie(), people.Finish().ValueOrDie(), marks.Finish().ValueOrDie()});
    std::filesystem::create_directories((folder / name).parent_path());
    const auto file = arrow::io::FileOutputStream::Open((folder / name).string()).ValueOrDie();
    EXPECT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file).ok());
    EXPECT_TRUE(file->Close().ok());
  }

 private:
  uint64_t next_ = 0;
};

TEST_F(InitImagesTest, WritesARecipeForClassFoldersThatPretrains) {
  fill("set/cat", 14);
  fill("set/dog", 10);
  const Findings found = look_at(folder / "set", {});
  ASSERT_TRUE(found.images.has_value());
  EXPECT_TRUE(found.labelled);
  EXPECT_TRUE(any_says(found.facts, "24 pictures in files of JPEG, PNG or WebP"));
  EXPECT_TRUE(any_says(found.facts, "all pictures have 24 x 24 pixels, and keep them"));
  EXPECT_TRUE(any_says(found.facts, "pictures of each class: cat 14, dog 10"));
  EXPECT_TRUE(any_says(found.assumptions, "the folder that a picture lies in was taken"));
  EXPECT_TRUE(any_says(found.assumptions, "single pictures are held out"));
  EXPECT_TRUE(any_says(found.warnings, "there are only 17 pictures to learn from"));
  EXPECT_FALSE(any_says(found.facts, "repeat the pixels"));
  EXPECT_NE(found.overview.find("24 images of 24 x 24 pixels"), std::string::npos);
  Recipe recipe = recipe_for(folder / "set");
  EXPECT_EQ(recipe.data.source, Source::images);
  EXPECT_EQ(recipe.data.images.size, 0);
  EXPECT_EQ(recipe.data.images.colour, Colour::rgb);
  EXPECT_EQ(recipe.data.images.broken, Broken::refuse);
  EXPECT_EQ(recipe.data.split.by, SplitBy::row);
  EXPECT_EQ(recipe.data.split.test, 0.2);
  EXPECT_EQ(recipe.method.name, "simclr");
  EXPECT_EQ(recipe.encoder.name, "image_resnet");
  EXPECT_EQ(recipe.encoder.options["stem"], "small");
  EXPECT_EQ(load_examples(recipe.data)->classes(), (Names{"cat", "dog"}));
  recipe.train.epochs = 1;
  EXPECT_NO_THROW(run_pretrain(recipe, folder / "run", {}, {}));
}

TEST_F(InitImagesTest, BringsPicturesOfSeveralSizesToTheOneThatHalfOfThemHave) {
  const auto size_of = [&](const std::string& name, const Names& overrides = {}) {
    const Recipe recipe = recipe_for(folder / name, overrides);
    const auto examples = load_examples(recipe.data);
    EXPECT_EQ(examples->spec().shape.back(), recipe.data.images.size);
    return recipe.data.images.size;
  };
  fill("a/x", 3, 47, 80);
  fill("a/y", 3, 100, 48);
  EXPECT_EQ(size_of("a"), 32);  // 47.5 in the middle
  fill("b/x", 2, 47, 80);
  fill("b/y", 3, 100, 48);
  EXPECT_EQ(size_of("b"), 48);
  EXPECT_TRUE(any_says(look_at(folder / "b", {}).assumptions,
                       "of 5 looked at, the shorter side has 47 … 48 pixels, in the middle 48"));
  EXPECT_EQ(size_of("b", {"data.images.size=20"}), 20);
  fill("c/x", 2, 5, 9);
  fill("c/y", 2, 9, 7);
  EXPECT_EQ(size_of("c"), 32);
  fill("d/x", 2, 200, 300);
  fill("d/y", 2, 300, 200);
  EXPECT_EQ(size_of("d"), 96);
  EXPECT_THROW(look_at(folder / "d", {"data.images.size=0"}), DataError);
  tar("e.tar", {{"x/1.png", png_file(noise(1, 40, 40))},
                {"x/2.png", png_file(noise(2, 40, 40))},
                {"y/3.png", png_file(noise(3, 90, 88))}});
  EXPECT_EQ(size_of("e.tar"), 64);  // whatever they have
}

TEST_F(InitImagesTest, BringsLargePicturesDownAndKeepsOthersWhateverTheirShape) {
  fill("large/x", 3, 20, 129);
  const Findings found = look_at(folder / "large", {});
  EXPECT_EQ(found.data.images.size, 96);
  EXPECT_TRUE(any_says(found.assumptions, "pictures of 129 x 20 pixels were brought to 96 x 96"));
  EXPECT_TRUE(any_says(found.assumptions, "data.images.fit=stretch squeezes it"));
  EXPECT_EQ(recipe_for(folder / "large").encoder.options["stem"], "large");
  EXPECT_EQ(look_at(folder / "large", {"data.images.size=0"}).images->width, 129);
  fill("kept/x", 3, 20, 128);
  EXPECT_EQ(look_at(folder / "kept", {}).data.images.size, 0);
  EXPECT_EQ(look_at(folder / "kept", {}).images->height, 20);
  EXPECT_EQ(recipe_for(folder / "kept").encoder.options["stem"], "small");
  tar("large.tar",
      {{"x/1.png", png_file(noise(1, 200, 200))}, {"y/2.png", png_file(noise(2, 200, 200))}});
  EXPECT_EQ(look_at(folder / "large.tar", {}).data.images.size, 96);
}

TEST_F(InitImagesTest, TellsGreyFromColour) {
  Picture grey = noise(1);
  for (size_t i = 0; i < grey.pixels.size(); ++i) grey.pixels[i] = grey.pixels[i - i % 3];
  png("grey/x/1.png", grey);
  std::swap(grey.pixels.front(), grey.pixels[30]);
  grey.pixels[1] = grey.pixels[2] = grey.pixels[0];
  grey.pixels[31] = grey.pixels[32] = grey.pixels[30];
  png("grey/y/2.png", grey);
  const Recipe recipe = recipe_for(folder / "grey");
  EXPECT_EQ(recipe.data.images.colour, Colour::grey);
  EXPECT_EQ(load_examples(recipe.data)->spec().shape, (std::vector<int64_t>{1, 24, 24}));
  EXPECT_EQ(recipe.method.options["first"], (Names{"resized_crop", "colour_jitter"}));
  EXPECT_EQ(look_at(folder / "grey", {"data.images.colour=rgb"}).data.images.colour, Colour::rgb);
  grey.pixels[1] ^= 1;
  png("grey/y/3.png", grey);
  EXPECT_EQ(look_at(folder / "grey", {}).data.images.colour, Colour::rgb);
}

TEST_F(InitImagesTest, TestsOnThePartThatIsCalledSo) {
  const auto tested = [&](const std::string& name) {
    const Recipe recipe = recipe_for(folder / name);
    EXPECT_EQ(recipe.data.split.by, SplitBy::row);
    const auto rows = load_examples(recipe.data);
    return std::pair(recipe.data.split.test,
                     make_splits(recipe.data.split, *rows, Rng(1)).front().test.size());
  };
  fill("a/train/cat", 9), fill("a/train/dog", 9);
  fill("a/test/cat", 2), fill("a/test/dog", 2), fill("a/val/cat", 3);
  EXPECT_EQ(tested("a"), std::pair(Json{"test"}, size_t{4}));
  fill("b/train/cat", 9), fill("b/train/dog", 9), fill("b/val/cat", 3);
  EXPECT_EQ(tested("b"), std::pair(Json{"val"}, size_t{3}));
  idx("train", 20), idx("t10k", 6);
  EXPECT_EQ(tested("idx"), std::pair(Json{"t10k"}, size_t{6}));
  EXPECT_EQ(look_at(folder / "idx", {}).data.images.colour, Colour::grey);
  parquet("hf/train-00000-of-00001.parquet", 30, "place", "label");
  parquet("hf/test-00000-of-00001.parquet", 8, "place", "label");
  EXPECT_EQ(tested("hf"), std::pair(Json{"test-00000-of-00001.parquet"}, size_t{8}));
  fill("c/test/cat", 9), fill("c/test/dog", 9);
  EXPECT_EQ(tested("c"), std::pair(Json(0.2), size_t{4}));  // there is nothing else to train on
  const Findings found = look_at(folder / "a", {"data.split.test=['val']"});
  EXPECT_EQ(found.data.split.test, Json{"val"});
  EXPECT_FALSE(any_says(found.assumptions, "was taken for the test"));
}

TEST_F(InitImagesTest, HoldsSubjectsOut) {
  for (const char* const who : {"ann", "bob", "cem", "dee", "eva", "fay"})
    for (const char* const what : {"hand", "foot"}) fill(std::string("a/") + who + "/" + what, 2);
  const Names pattern{"data.path_pattern={subject}/{label}/{}"};
  const Recipe recipe = recipe_for(folder / "a", pattern);
  EXPECT_EQ(recipe.data.split.by, SplitBy::subject);
  EXPECT_EQ(recipe.data.file.label, "label");
  const auto rows = load_examples(recipe.data);
  EXPECT_EQ(rows->classes(), (Names{"foot", "hand"}));
  EXPECT_EQ(make_splits(recipe.data.split, *rows, Rng(1)).front().test_groups.size(), 1);
  parquet("b.parquet", 24, "patient_id", "label");
  const Findings found = look_at(folder / "b.parquet", {});
  EXPECT_EQ(found.data.split.by, SplitBy::subject);
  EXPECT_TRUE(any_says(found.assumptions, "column \"patient_id\" was taken for whom"));
  EXPECT_EQ(look_at(folder / "b.parquet", {"data.subject="}).data.split.by, SplitBy::row);
  fill("one/ann/hand", 3), fill("one/ann/foot", 3);
  const Findings one = look_at(folder / "one", pattern);
  EXPECT_EQ(one.data.split.by, SplitBy::row);
  EXPECT_TRUE(any_says(one.warnings, "all pictures are of one subject"));
  fill("two/ann/hand", 3), fill("two/bob/foot", 3);
  EXPECT_TRUE(any_says(look_at(folder / "two", pattern).warnings, "there are only 2 subjects"));
}

TEST_F(InitImagesTest, LeavesBrokenFilesOutAndSaysSo) {
  fill("a/cat", 3), fill("a/dog", 3);
  write(folder / "a/cat/9.png", "no picture");
  const Recipe recipe = recipe_for(folder / "a");
  EXPECT_EQ(recipe.data.images.broken, Broken::skip);
  EXPECT_EQ(load_examples(recipe.data)->size(), 6);
  const Findings found = look_at(folder / "a", {});
  EXPECT_TRUE(any_says(found.warnings, "1 files could not be decoded and were left out: "));
  EXPECT_TRUE(any_says(found.warnings, "cat/9.png (it is neither"));
  EXPECT_THROW(look_at(folder / "a", {"data.images.broken=refuse"}), DataError);
}

TEST_F(InitImagesTest, WarnsOfTestPicturesThatAreTrainedOn) {
  fill("a/train/cat", 9), fill("a/train/dog", 9);
  fill("a/test/cat", 3), fill("a/test/dog", 3);
  png("a/train/cat/new.png", noise(1000)), png("a/train/cat/again.png", noise(1000));
  Findings found = look_at(folder / "a", {});
  EXPECT_TRUE(any_says(found.facts, "repeat the pixels of another one: 1"));
  EXPECT_FALSE(any_says(found.warnings, "same pixels"));
  png("a/test/cat/same.png", noise(2000)), png("a/test/dog/same.png", noise(2000));
  found = look_at(folder / "a", {});
  EXPECT_FALSE(any_says(found.warnings, "same pixels"));
  png("a/test/cat/new.png", noise(1000)), png("a/test/dog/new.png", noise(1000));
  found = look_at(folder / "a", {});
  EXPECT_TRUE(any_says(found.facts, "repeat the pixels of another one: 4"));
  EXPECT_TRUE(any_says(found.warnings, "2 of 10 test pictures have the same pixels"));
}

TEST_F(InitImagesTest, OnlyPretrainsWithoutClasses) {
  fill("flat", 6);
  const Findings found = look_at(folder / "flat", {});
  EXPECT_FALSE(found.labelled);
  EXPECT_TRUE(any_says(found.facts, "no labels: tacit pretrain can learn"));
  EXPECT_EQ(write_recipe(found, "T").find("[curve]"), std::string::npos);
  fill("one/cat", 6);
  EXPECT_FALSE(look_at(folder / "one", {}).labelled);
  EXPECT_TRUE(any_says(look_at(folder / "one", {}).warnings, "one class only, \"cat\""));
  fill("two/cat", 3), fill("two/dog", 3);
  EXPECT_TRUE(look_at(folder / "two", {}).labelled);
  EXPECT_FALSE(look_at(folder / "two", {"data.label="}).labelled);
  EXPECT_EQ(recipe_for(folder / "two", {"data.label="}).data.file.label, "");
  parquet("x.parquet", 12, "place", "kind");
  EXPECT_TRUE(any_says(look_at(folder / "x.parquet", {}).warnings,
                       "say data.label=COLUMN: image, place, kind"));
  EXPECT_TRUE(look_at(folder / "x.parquet", {"data.label=kind"}).labelled);
}

TEST_F(InitImagesTest, DoesNotTakePartsOfTheSetForClasses) {
  fill("a/train", 8), fill("a/test", 4);
  const Findings found = look_at(folder / "a", {});
  EXPECT_FALSE(found.labelled);
  EXPECT_TRUE(any_says(found.assumptions, "test, train were taken for parts of the set"));
  const Recipe recipe = recipe_for(folder / "a");
  EXPECT_EQ(recipe.data.split.test, Json{"test"});
  const auto rows = load_examples(recipe.data);
  EXPECT_TRUE(rows->classes().empty());
  EXPECT_EQ(make_splits(recipe.data.split, *rows, Rng(1)).front().test.size(), 4);
  fill("b/train/cat", 8), fill("b/train/dog", 8), fill("b/test", 4);
  EXPECT_EQ(look_at(folder / "b", {}).data.file.classes, (Names{"cat", "dog"}));
  EXPECT_EQ(load_examples(recipe_for(folder / "b").data)->size(), 20);
  for (const char* const part : {"d/train/", "d/test/", "e/"})  // where they run on rails
    fill(std::string(part) + "train", 4), fill(std::string(part) + "bus", 4);
  for (const char* const set : {"d", "e"})
    EXPECT_EQ(load_examples(recipe_for(folder / set).data)->classes(), (Names{"bus", "train"}));
  fill("c/valid", 8), fill("c/invalid", 8);
  EXPECT_EQ(load_examples(recipe_for(folder / "c").data)->classes(), (Names{"invalid", "valid"}));
}

TEST_F(InitImagesTest, TellsNumbersWhereTheyAreAskedFor) {
  fill("a/3.5", 30), fill("a/7", 30);
  const Recipe recipe = recipe_for(folder / "a", {"data.target=number"});
  EXPECT_EQ(recipe.data.target, Target::number);
  EXPECT_EQ(recipe.curve.metric, Metric::r2);
  EXPECT_EQ(recipe.curve.labels_per_class, (std::vector<LabelCount>{{20}, {.all = true}}));
  EXPECT_EQ(load_examples(recipe.data)->target(), Target::number);
  EXPECT_EQ(recipe_for(folder / "a").curve.metric, Metric::accuracy);
}

TEST_F(InitImagesTest, KnowsPicturesFromSignalsAndTables) {
  const auto are = [&](const std::string& name, const Json& given = Json::object()) {
    return are_images(folder / name, given);
  };
  fill("a/x", 3);
  EXPECT_TRUE(are("a"));
  EXPECT_TRUE(are("a", {{"label", ""}}));
  EXPECT_FALSE(are("a", {{"source", "csv"}}));
  EXPECT_FALSE(are("a", {{"encode", Json::object()}}));
  EXPECT_FALSE(are("nowhere"));
  EXPECT_TRUE(are("nowhere", {{"source", "images"}}));
  EXPECT_TRUE(are("nowhere", {{"images", {{"size", 32}}}}));
  for (const Habit& habit : habits())
    EXPECT_FALSE(are_images(habit.write_down(folder / habit.name), Json::object())) << habit.name;
}

TEST_F(InitImagesTest, RefusesWithOneSentence) {
  const auto refusal = [&](const std::string& name) {
    return message_of<DataError>([&] { look_at(folder / name, {"data.source=images"}); });
  };
  fill("one", 1);
  EXPECT_NE(refusal("one").find("one picture only"), std::string::npos);
  write(folder / "none/notes.txt", "hello");
  EXPECT_NE(refusal("none").find("holds no .jpg"), std::string::npos);
  write(folder / "broken/x/1.png", "hello");
  EXPECT_NE(refusal("broken").find("no picture that could be decoded"), std::string::npos);
}

}  // namespace
}  // namespace tacit
