// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init_table_recipe.h"

#include "tacit/core/toml.h"
#include "tests/run/tiny.h"

namespace tacit {
namespace {

Findings findings() {
  Findings found;
  found.data.source = Source::table;
  found.data.file.path = "C:\\a \"b\".csv";
  found.data.file.text.delimiter = Delimiter::semicolon;
  found.data.file.label = "in\tcome";
  found.data.table.numeric = {"age", "hours \"a week\""};
  found.data.table.categorical = {"job"};
  found.data.table.group = "who";
  found.data.encode.min_count = 5;
  found.data.encode.robust = {"age"};
  found.data.split = {.by = SplitBy::subject, .test = 0.25, .validation = 0.2};
  found.labelled = true;
  found.table = {.rows = 500,
                 .reasons = {{"age", "a line\nbreak"}},
                 .label_reason = "why",
                 .split_reason = "why",
                 .min_count_reason = "why",
                 .class_rows = {20, 300}};
  return found;
}

Recipe read(const Findings& found) {
  RecipeLines lines;
  write_table_recipe(found, lines);
  Recipe recipe;
  read_config(recipe, parse_toml(lines.take(), "written"));
  return recipe;
}

TEST(WriteTableRecipe, ReadsBackAsItWasMeantWhateverNamesHold) {
  const Findings found = findings();
  const Recipe recipe = read(found);
  EXPECT_EQ(write_config(recipe.data), write_config(found.data));
  EXPECT_EQ(recipe.curve.metric, Metric::auroc);
  EXPECT_EQ(recipe.curve.models.size(), 5);
}

TEST(WriteTableRecipe, AsksForNoMoreLabelsThanThereAre) {
  using Counts = std::vector<LabelCount>;
  Findings found = findings();
  EXPECT_EQ(read(found).curve.labels_per_class, (Counts{{5}, {10}, {.all = true}}));
  found.table->class_rows = {0, 2, 60, 90, 100};  // half of the classes have 60
  EXPECT_EQ(read(found).curve.labels_per_class, (Counts{{5}, {10}, {50}, {.all = true}}));
  found.table->class_rows = {1, 3};
  EXPECT_EQ(read(found).curve.labels_per_class, (Counts{{2}, {.all = true}}));
}

TEST(WriteTableRecipe, GrowsTheNetworkWithTheTable) {
  Findings found = findings();
  const Json small = read(found).encoder.options["widths"];
  found.table->rows = 50'000;
  EXPECT_GT(read(found).encoder.options["widths"].size(), small.size());
}

TEST(WriteTableRecipe, HasNoCurveWithoutLabels) {
  Findings found = findings();
  found.labelled = false;
  RecipeLines lines;
  write_table_recipe(found, lines);
  EXPECT_EQ(lines.take().find("[curve]"), std::string::npos);
}

TEST(WriteTableRecipe, DrawsACurveOfNumbers) {
  using Counts = std::vector<LabelCount>;
  Findings found = findings();
  found.data.target = Target::number;
  found.table->class_rows = {300};
  const Recipe recipe = read(found);
  EXPECT_EQ(recipe.data.target, Target::number);
  EXPECT_EQ(recipe.curve.metric, Metric::r2);
  EXPECT_EQ(recipe.curve.labels_per_class, (Counts{{20}, {100}, {.all = true}}));
  found.table->class_rows = {5000};
  EXPECT_EQ(read(found).curve.labels_per_class, (Counts{{20}, {100}, {500}, {.all = true}}));
}

}  // namespace
}  // namespace tacit
