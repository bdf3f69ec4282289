// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/curve.h"

#include "tests/run/tiny.h"

namespace tacit {
namespace {

class CurveTest : public FolderTest {};

TEST_F(CurveTest, InterruptedAnywhereItContinuesToTheSameResults) {
  const Recipe recipe = tiny_recipe(
      {"curve.models=['self_supervised_frozen', 'self_supervised_finetuned', 'autoencoder', "
       "'supervised', 'random_encoder', 'random_forest']"});
  const Json whole = run_curve(recipe, folder / "whole", Existing::continue_same, {});
  EXPECT_EQ(whole["scores"].size(), 5u * 6 * recipe.curve.labels_per_class.size());
  EXPECT_EQ(whole["scores"]["weighted_f1/random_forest/all"]["n"], 2);
  EXPECT_TRUE(whole.contains("embedding_map") && whole.contains("confusion"));

  std::atomic<bool> stop = false;
  int64_t left = 3;
  Caller impatient;
  impatient.stop = &stop;
  impatient.progress = [&](const std::string&, const Progress&) { stop = --left == 0; };
  bool done = false;
  for (int tries = 0; !done && tries < 20; ++tries) {
    left = 5 + 2 * tries, stop = false;
    try {
      run_curve(recipe, folder / "pieces", Existing::continue_same, impatient);
      done = true;
    } catch (const Interrupted&) {
    }
  }
  EXPECT_TRUE(done);
  EXPECT_EQ(read_file(folder / "whole" / "results.json"),
            read_file(folder / "pieces" / "results.json"));
}

TEST_F(CurveTest, DoesNotDependOnWhichModelsAreAskedFor) {
  const std::string models = "curve.models=['supervised', 'random_encoder']";
  const Json two = run_curve(tiny_recipe({models}), folder / "two", Existing::continue_same, {});
  const Json one = run_curve(tiny_recipe({"curve.models=['random_encoder']"}), folder / "one",
                             Existing::continue_same, {});
  EXPECT_EQ(two["scores"]["weighted_f1/random_encoder/2"],
            one["scores"]["weighted_f1/random_encoder/2"]);
}

}  // namespace
}  // namespace tacit
