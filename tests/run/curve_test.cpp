// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/curve.h"

#include "tests/run/numbers.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

class CurveTest : public FolderTest {};

TEST_F(CurveTest, InterruptedAnywhereItContinuesToTheSameResults) {
  const Recipe recipe = tiny_recipe(
      {"curve.models=['self_supervised_frozen', 'self_supervised_finetuned', 'autoencoder', "
       "'supervised', 'random_encoder', 'random_forest', 'self_supervised_and_classical']"});
  const Json whole = run_curve(recipe, folder / "whole", Existing::continue_same, {});
  EXPECT_EQ(whole["scores"].size(), 5u * 7 * recipe.curve.labels_per_class.size());
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

/// Eight people with a swing for each of five heights, which are the labels.
std::string swings(Rng rng) {
  std::string bytes = "who,height,x\n";
  for (int who = 1; who <= 8; ++who)
    for (int height = 1; height <= 5; ++height)
      for (int step = 0; step < 200; ++step)
        bytes += text("p{},{}.5,{}\n", who, height, height * std::sin(0.6 * step) + rng.normal());
  return bytes;
}

TEST_F(CurveTest, TellsNumbersOfSignals) {
  const fs::path file = folder / "swings.csv";
  write_file(file, {swings(Rng(1))});
  const Json results =
      run_curve(tiny_recipe({"data.source=csv", "data.path=" + file.string(), "data.subject=who",
                             "data.recording=['who']", "data.label=height", "data.channels=['x']",
                             "data.time=", "data.file_rate_hz=50", "data.target=number",
                             "data.normalize=none", "method.tasks=['negation']", "probe.c=1.0",
                             "curve.models=['self_supervised_frozen', 'random_forest']",
                             "curve.labels_per_class=['all']", "curve.metric=r2"}),
                folder / "run", Existing::continue_same, {});
  EXPECT_GT(results["scores"]["r2/random_forest/all"]["mean"].get<double>(), 0.8);
  EXPECT_GT(results["scores"]["r2/self_supervised_frozen/all"]["mean"].get<double>(), 0.5);
}

TEST_F(CurveTest, TellsNumbersFromFewLabels) {
  const fs::path run = folder / "run";
  const Json results = run_curve(number_recipe(folder), run, Existing::continue_same, {});
  EXPECT_EQ(results["target"], "number");
  EXPECT_EQ(results["metric"], "r2");
  EXPECT_TRUE(results["classes"].empty());
  EXPECT_FALSE(results.contains("confusion"));
  EXPECT_NEAR(results["labels_in_all"].get<double>(), 500 * 0.75 * 0.8, 15);
  const auto mean = [&](const std::string& key) {
    return results["scores"][key]["mean"].get<double>();
  };
  for (const char* model : {"self_supervised_frozen", "self_supervised_finetuned", "supervised",
                            "random_encoder", "random_forest"})
    EXPECT_GT(mean(text("r2/{}/all", model)), 0.7) << model;
  EXPECT_GT(mean("r2/self_supervised_frozen/all"), 0.95);
  EXPECT_GT(mean("r2/self_supervised_frozen/20"), 0.3);
  // The numbers' deviation is about 70.
  EXPECT_LT(mean("rmse/self_supervised_frozen/all"), 16);
  EXPECT_LT(mean("mae/self_supervised_frozen/all"), mean("rmse/self_supervised_frozen/all"));
  EXPECT_FALSE(results["scores"].contains("weighted_f1/supervised/all"));
  const std::string sentence = results["label_equivalence"][0]["sentence"];
  EXPECT_NE(sentence.find("With 20 labels it scores"), std::string::npos) << sentence;
  for (const Json& quarter : results["embedding_map"]["label"])
    EXPECT_TRUE(quarter >= 0 && quarter <= 3);
  EXPECT_NE(read_file(run / "report.html").find("With 20 labelled rows, "), std::string::npos);
}

TEST_F(CurveTest, ContinuesACurveOfNumbers) {
  const std::vector<std::string> few{"curve.models=['random_encoder', 'random_forest']",
                                     "curve.labels_per_class=[5, 10]", "train.epochs=1"};
  const Json whole =
      run_curve(number_recipe(folder, few), folder / "whole", Existing::continue_same, {});
  std::atomic<bool> stop = false;
  int64_t left = 3;
  Caller impatient;
  impatient.stop = &stop;
  impatient.progress = [&](const std::string&, const Progress&) { stop = --left == 0; };
  const fs::path run = folder / "run";
  const auto go_on = [&](const Caller& caller) {
    return run_curve(number_recipe(folder, few), run, Existing::continue_same, caller);
  };
  EXPECT_THROW(go_on(impatient), Interrupted);
  EXPECT_EQ(go_on({})["scores"], whole["scores"]);
}

TEST_F(CurveTest, NamesTheMetricThatSuitsTheLabels) {
  const auto refusal = [&](const std::vector<std::string>& overrides) {
    return message_of<ConfigError>([&] {
      run_curve(number_recipe(folder, overrides), folder / "run", Existing::continue_same, {});
    });
  };
  EXPECT_NE(refusal({"curve.metric=weighted_f1"}).find("set curve.metric = \"r2\""),
            std::string::npos);
  EXPECT_NE(refusal({"data.target=class", "data.label=shade", "data.table.categorical=['who']"})
                .find("another metric"),
            std::string::npos);
  EXPECT_NE(refusal({"data.label="}).find("no row has a number"), std::string::npos);
  EXPECT_NE(refusal({"supervised.label_smoothing=0.1"}).find("label_smoothing"), std::string::npos);
}

}  // namespace
}  // namespace tacit
