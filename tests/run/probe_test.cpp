// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/probe.h"

#include "tacit/artifact/artifact.h"
#include "tacit/evaluate/features.h"
#include "tacit/evaluate/metrics.h"
#include "tacit/run/curve.h"
#include "tacit/run/pretrain.h"
#include "tacit/run/trained.h"
#include "tests/run/numbers.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

class ProbeTest : public FolderTest {
 protected:
  ProbeTest() { run_pretrain(tiny_recipe(), run_, Existing::continue_same, {}); }
  const fs::path run_ = folder / "run";
};

TEST_F(ProbeTest, ScoresFrozenFeaturesRepeatably) {
  const Json results = run_probe(run_, {2, false}, {}, {});
  EXPECT_EQ(results["scores"]["weighted_f1/self_supervised_frozen/2"]["n"], 2);
  EXPECT_EQ(results["scores"]["weighted_f1/knn/2"]["n"], 2);
  const std::string written = read_file(run_ / "results.json");
  EXPECT_EQ(Json::parse(written), results);
  run_probe(run_, {2, false}, {}, {});
  EXPECT_EQ(read_file(run_ / "results.json"), written);
}

TEST_F(ProbeTest, FinetunesAndKeepsTheFirstModel) {
  const Json results = run_finetune(run_, {0, true}, {"finetune.epochs=2"}, {});
  EXPECT_EQ(results["scores"]["accuracy/self_supervised_finetuned/all"]["n"], 2);
  EXPECT_EQ(Artifact::load(run_ / "finetuned").manifest.method,
            "transformation_prediction+finetune");
  EXPECT_TRUE(fs::exists(run_ / "finetuned" / "head.safetensors"));
}

TEST_F(ProbeTest, RefusesOtherTestWindowsThanThoseHeldOut) {
  for (const char* override : {"seed=2", "data.split.test=0.5", "data.window.overlap=0.5"})
    EXPECT_THROW(run_probe(run_, {2, false}, {override}, {}), ConfigError) << override;
  EXPECT_NE(message_of<StateError>([&] {
              run_probe(run_, {2, false}, {"data.simulate.seed=9"}, {});
            }).find("data have changed"),
            std::string::npos);
}

TEST_F(ProbeTest, RecipeOfARunTakesOverrides) {
  EXPECT_EQ(recipe_of_run(run_, {"curve.seeds=7"}).curve.seeds, 7);
  EXPECT_EQ(write_config(recipe_of_run(run_, {})), write_config(tiny_recipe()));
  EXPECT_THROW(recipe_of_run(run_, {"curve.seds=7"}), ConfigError);
  EXPECT_THROW(recipe_of_run(folder, {}), StateError);
}

class NumberProbeTest : public FolderTest {
 protected:
  NumberProbeTest() { run_pretrain(number_recipe(folder), run_, Existing::continue_same, {}); }
  const fs::path run_ = folder / "run";
};

TEST_F(NumberProbeTest, ScoresNumbersAndKeepsAHeadThatTellsThem) {
  const Json probed = run_probe(run_, {.count = 50}, {}, {});
  EXPECT_GT(probed["scores"]["r2/self_supervised_frozen/50"]["mean"].get<double>(), 0.6);
  EXPECT_GT(probed["scores"]["r2/knn/50"]["mean"].get<double>(), 0.3);
  const Json tuned = run_finetune(run_, {.all = true}, {}, {});
  EXPECT_GT(tuned["scores"]["r2/self_supervised_finetuned/all"]["mean"].get<double>(), 0.9);
  EXPECT_TRUE(tuned["scores"].contains("rmse/knn/50"));
  const Finetuned kept = load_finetuned(run_);
  EXPECT_TRUE(kept.head->tells_number());
  const Trained trained(run_, recipe_of_run(run_, {}));
  const Tensor x = extract(*kept.artifact.encoder, trained.test, 256).x;
  EXPECT_GT(number_scores(trained.test_y, kept.head->forward(x).squeeze(1)).r2, 0.9);
}

TEST_F(NumberProbeTest, StandardisesByAllRowsOfTrainingAsACurveDoes) {
  const std::string key = "rmse/self_supervised_frozen/20", by = "probe.standardize_by=training";
  const Json few = run_probe(run_, {.count = 20}, {}, {})["scores"][key];
  const Json all = run_probe(run_, {.count = 20}, {by}, {})["scores"][key];
  EXPECT_NE(all, few);
  const Recipe recipe = number_recipe(
      folder, {by, "curve.pretrained=['" + run_.string() + "']", "curve.labels_per_class=[20]",
               "curve.models=['self_supervised_frozen']"});
  const Json curve = run_curve(recipe, folder / "curve", Existing::continue_same, {});
  EXPECT_EQ(curve["scores"][key], all);
}

TEST_F(NumberProbeTest, RefusesAMetricOfClasses) {
  EXPECT_NE(message_of<ConfigError>([&] {
              run_probe(run_, {.count = 5}, {"curve.metric=auroc"}, {});
            }).find("set curve.metric = \"r2\""),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
