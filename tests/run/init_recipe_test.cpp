// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init_recipe.h"

#include "tacit/core/toml.h"
#include "tests/run/tiny.h"

namespace tacit {
namespace {

Findings findings() {
  Findings found;
  found.data.source = Source::csv;
  found.data.file = {.path = "C:\\a \"b\".csv",
                     .subject = "who",
                     .recording = {},
                     .label = "act\tivity",
                     .time = "t",
                     .time_unit = TimeUnit::ms,
                     .channels = {"x", "y", "z"}};
  found.data.window.length = {.value = 2.56, .in_seconds = true};
  found.rate_hz = 50;
  found.labelled = true;
  found.triads = true;
  found.facts = {std::string(300, 'a') + " and more"};
  return found;
}

Recipe read(const std::string& document) {
  Recipe recipe;
  read_config(recipe, parse_toml(document, "written"));
  return recipe;
}

TEST(WriteRecipe, ReadsBackAsItWasMeantWhateverNamesHold) {
  const Findings found = findings();
  const Recipe recipe = read(write_recipe(found, "A \"title\"\n"));
  EXPECT_EQ(write_config(recipe.data), write_config(found.data));
  EXPECT_EQ(recipe.title, "A \"title\"\n");
  EXPECT_EQ(recipe.method.name, "spectrum_prediction");
}

TEST(WriteRecipe, AvoidsRotationWhereChannelsAreNoTriads) {
  Findings found = findings();
  found.triads = false;
  found.labelled = false;
  const std::string document = write_recipe(found, "T");
  EXPECT_EQ(read(document).method.name, "transformation_prediction");
  EXPECT_EQ(document.find("rotation\""), std::string::npos);
  EXPECT_EQ(document.find("[curve]"), std::string::npos);
}

}  // namespace
}  // namespace tacit
