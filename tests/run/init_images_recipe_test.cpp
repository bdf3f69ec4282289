// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init_images_recipe.h"

#include "tacit/core/toml.h"
#include "tests/run/tiny.h"

namespace tacit {
namespace {

Findings findings() {
  Findings found;
  found.data.source = Source::images;
  found.data.file.path = "C:\\a \"b\"";
  found.data.file.path_pattern = "{subject}/{kind}_{}";
  found.data.file.label = "ki\tnd";
  found.data.images = {.size = 96, .fit = Fit::stretch, .broken = Broken::skip};
  found.data.split = {.by = SplitBy::row, .test = Json{"te\"st"}, .validation = 0.1};
  found.labelled = true;
  found.images = {.trained_on = 700,
                  .height = 96,
                  .width = 96,
                  .size_reason = "why",
                  .split_reason = "why",
                  .class_rows = {20, 300}};
  return found;
}

Recipe read(const Findings& found) {
  RecipeLines lines;
  write_images_recipe(found, lines);
  Recipe recipe;
  read_config(recipe, parse_toml(lines.take(), "written"));
  return recipe;
}

TEST(WriteImagesRecipe, ReadsBackAsItWasMeantWhateverNamesHold) {
  Findings found = findings();
  EXPECT_EQ(write_config(read(found).data), write_config(found.data));
  found.data.target = Target::number;
  found.data.split.transductive = true;
  found.data.file.classes = {"one", "two"};
  found.data.spool = "/tmp";
  found.data.images.size = 0;
  EXPECT_EQ(write_config(read(found).data), write_config(found.data));
}

TEST(WriteImagesRecipe, FitsTheNetworkToTheSizeOfPictures) {
  Findings found = findings();
  EXPECT_EQ(read(found).encoder.options["stem"], "large");
  EXPECT_EQ(read(found).finetune.image.random_crop.padding, 12);
  EXPECT_EQ(read(found).supervised.image.random_crop.padding, 12);
  found.images->height = 32;
  EXPECT_EQ(read(found).encoder.options["stem"], "small");
  EXPECT_EQ(read(found).finetune.image.random_crop.padding, 4);
}

TEST(WriteImagesRecipe, GoesOverFewPicturesMoreOften) {
  Findings found = findings();
  int64_t last = read(found).train.epochs;
  for (const int64_t pictures : {5'000, 50'000, 500'000}) {
    found.images->trained_on = pictures;
    const int64_t epochs = read(found).train.epochs;
    EXPECT_LT(epochs, last);
    last = epochs;
  }
}

TEST(WriteImagesRecipe, ChangesWhatColoursAllow) {
  Findings found = findings();
  const Json views{"resized_crop", "flip", "colour_jitter", "grey"};
  EXPECT_EQ(read(found).method.options["first"], views);
  EXPECT_EQ(read(found).method.options["second"], views);
  EXPECT_EQ(read(found).method.options["image"]["resized_crop"]["scale_low"], 0.2);
  found.data.images.colour = Colour::grey;
  EXPECT_EQ(read(found).method.options["first"], (Json{"resized_crop", "colour_jitter"}));
  EXPECT_EQ(read(found).method.options["image"]["resized_crop"]["scale_low"], 0.6);
}

TEST(WriteImagesRecipe, DrawsACurveOfTheLabelsThatThereAre) {
  using Counts = std::vector<LabelCount>;
  Findings found = findings();
  EXPECT_EQ(read(found).curve.labels_per_class, (Counts{{1}, {10}, {100}, {.all = true}}));
  EXPECT_EQ(read(found).curve.metric, Metric::accuracy);
  found.images->class_rows = {0, 5, 20, 30};  // half of the classes have 20
  found.images->uneven = true;
  EXPECT_EQ(read(found).curve.labels_per_class, (Counts{{1}, {10}, {.all = true}}));
  EXPECT_EQ(read(found).curve.metric, Metric::macro_f1);
  found.data.target = Target::number;
  found.images->class_rows = {300};
  EXPECT_EQ(read(found).curve.labels_per_class, (Counts{{20}, {100}, {.all = true}}));
  EXPECT_EQ(read(found).curve.metric, Metric::r2);
  found.labelled = false;
  RecipeLines lines;
  write_images_recipe(found, lines);
  EXPECT_EQ(lines.take().find("[curve]"), std::string::npos);
}

}  // namespace
}  // namespace tacit
