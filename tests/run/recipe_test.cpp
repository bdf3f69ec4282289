// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/recipe.h"

#include "tacit/core/files.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

TEST(BuiltinRecipes, AllLoadAndReadBackIdentically) {
  ASSERT_FALSE(builtin_recipes().empty());
  for (const std::string& name : builtin_recipes()) {
    const Recipe recipe = load_recipe(name, {});
    EXPECT_NE(recipe.title, Recipe{}.title);
    const Json resolved = write_config(recipe);
    Recipe again;
    read_config(again, Json::parse(resolved.dump()));
    EXPECT_EQ(write_config(again), resolved) << name;
  }
}

TEST(LoadRecipe, AppliesOverridesInOrderAndCompletesOptions) {
  const Recipe recipe = load_recipe(
      "har_simulated", {"train.epochs=7", "seed=3", "train.epochs=9", "method={name='autoencoder'}",
                        "curve.labels_per_class=[3, 'all']"});
  EXPECT_EQ(recipe.train.epochs, 9);
  EXPECT_EQ(recipe.seed, 3u);
  EXPECT_EQ(recipe.method.name, "autoencoder");
  EXPECT_EQ(recipe.method.options, Json::object({{"hidden", 256}}));
  EXPECT_EQ(recipe.curve.labels_per_class, (std::vector<LabelCount>{{3, false}, {1, true}}));
}

TEST(LoadRecipe, NamesTheNearestOfWhatItDoesNotKnow) {
  const auto message = [](const std::string& name, const std::string& override) {
    return message_of<ConfigError>([&] { load_recipe(name, {override}); });
  };
  EXPECT_NE(message("har_simulatd", "seed=1").find("\"har_simulated\""), std::string::npos);
  EXPECT_NE(message("har_simulated", "method.name=autoencodr").find("\"autoencoder\""),
            std::string::npos);
  EXPECT_NE(message("har_simulated", "encoder.name=temporal_con").find("\"temporal_conv\""),
            std::string::npos);
  EXPECT_NE(message("har_simulated", "train.epoch=1").find("\"train.epochs\""), std::string::npos);
  EXPECT_NE(message("har_simulated", "encoder.filter=[1]").find("\"encoder.filters\""),
            std::string::npos);
  EXPECT_NE(message("har_simulated", "train.batch_size=0").find("train.batch_size"),
            std::string::npos);
}

class RecipeFile : public FolderTest {};

TEST_F(RecipeFile, IsReadFromAFile) {
  write_file(folder / "mine.toml", {"title = \"Mine\"\n[method]\nname = \"joint\"\n"
                                    "methods = [{name = \"autoencoder\", weight = 2}]\n"});
  const Recipe recipe = load_recipe((folder / "mine.toml").string(), {});
  EXPECT_EQ(recipe.title, "Mine");
  EXPECT_EQ(recipe.method.options["methods"][0],
            (Json{{"name", "autoencoder"}, {"weight", 2.0}, {"hidden", 256}}));
}

TEST_F(RecipeFile, SaysOnlyWhatDiffersFromTheOneItExtends) {
  write_file(folder / "base.toml", {"title = \"Base\"\nextends = \"har_hapt.toml\"\n"
                                    "[encoder]\nkernels = [9, 9, 9]\n"});
  write_file(folder / "mine.toml", {"title = \"Mine\"\nextends = \"base.toml\"\n"
                                    "[train]\nepochs = 3\n[method]\nname = \"simclr\"\n"});
  const Recipe mine = load_recipe((folder / "mine.toml").string(), {"train.batch_size=7"});
  Recipe hapt = load_recipe("har_hapt", {"title=Mine", "train.epochs=3", "train.batch_size=7",
                                         "encoder.kernels=[9, 9, 9]", "method={name='simclr'}"});
  EXPECT_EQ(write_config(mine), write_config(hapt));
}

TEST_F(RecipeFile, SaysWhatIsWrongWithTheOneItExtends) {
  const auto message = [this](const std::string& extends) {
    write_file(folder / "mine.toml", {"extends = " + extends + "\n"});
    write_file(folder / "other.toml", {"extends = \"mine.toml\"\n"});
    return message_of<ConfigError>([&] { load_recipe((folder / "mine.toml").string(), {}); });
  };
  EXPECT_NE(message("\"har_hapd.toml\"").find("\"har_hapt\""), std::string::npos);
  EXPECT_NE(message("[1]").find("extends names one recipe"), std::string::npos);
  EXPECT_NE(message("\"mine.toml\"").find("extends itself"), std::string::npos);
  EXPECT_NE(message("\"other.toml\"").find("extends itself"), std::string::npos);
}

}  // namespace
}  // namespace tacit
