// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/online.h"

#include "tacit/core/weights.h"
#include "tacit/evaluate/features.h"
#include "tacit/evaluate/metrics.h"
#include "tacit/run/pretrain.h"
#include "tests/run/numbers.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

class OnlineTest : public FolderTest {
 protected:
  /// metrics.jsonl of a run, a document a line.
  std::vector<Json> pretrain(const std::string& name, const std::vector<std::string>& overrides) {
    run_pretrain(tiny_recipe(overrides), folder / name, Existing::continue_same, {});
    std::istringstream lines(read_file(folder / name / "metrics.jsonl"));
    std::vector<Json> documents;
    for (std::string line; std::getline(lines, line);) documents.push_back(Json::parse(line));
    return documents;
  }
};

TEST_F(OnlineTest, ScoresTheFeaturesAfterEachEpochAndTeachesNothing) {
  const std::vector<std::string> overrides{"online.probes=['knn', 'linear']",
                                           "online.labels_per_class=all"};
  const auto watched = pretrain("watched", overrides), plain = pretrain("plain", {});
  EXPECT_TRUE(watched.at(0).contains("online"));
  EXPECT_FALSE(plain.at(1).contains("online"));
  const auto with = weights(*Artifact::load(folder / "watched" / "artifact").encoder);
  const Artifact artifact = Artifact::load(folder / "plain" / "artifact");
  for (const auto& [name, value] : weights(*artifact.encoder))
    EXPECT_TRUE(value.equal(with.at(name))) << name;

  // The last epoch's scores are those of the finished encoder.
  const Recipe recipe = tiny_recipe();
  const Prepared prepared = prepare(recipe);
  const Fold fold = fit_fold(recipe, prepared, prepared.folds[0]);
  const Features x = extract(*artifact.encoder, fold.train, 8);
  const Features test = extract(*artifact.encoder, fold.validation, 8);
  const auto f1 = [&](const Tensor& told) {
    return scores(confusion_matrix(test.y, told, 6)).weighted_f1;
  };
  EXPECT_EQ(watched.at(1)["online"]["knn_f1"], f1(knn_predict(x.x, x.y, test.x, 6)));
  EXPECT_EQ(watched.at(1)["online"]["linear_f1"],
            f1(fit_linear_probe(x.x, x.y, 6, recipe.probe).classifier.predict(test.x)));
}

TEST_F(OnlineTest, DependsOnNoTestWindow) {
  const Recipe recipe = tiny_recipe();
  const Prepared prepared = prepare(recipe);
  const auto method = find_method("supervised")
                          .make({{"classes", 6}, {"hidden", 0}},
                                {prepared.examples->spec(),
                                 make_encoder(recipe, prepared.examples->spec(), Rng(1)), Rng(1)});
  const auto quality = [&](const Split& split) {
    const Fold fold = fit_fold(recipe, prepared, split);
    EpochEnd end{0, 0, 0, 0, 0, 0, 0, {}, *method};
    watch_quality({.probes = {Online::knn, Online::linear}}, {}, {}, prepared, fold, Rng(1))(end);
    return end.quantities;
  };
  Split none = prepared.folds[0];
  none.test.clear();
  EXPECT_EQ(quality(none), quality(prepared.folds[0]));
}

TEST_F(OnlineTest, SaysWhatItNeeds) {
  EXPECT_NE(message_of<ConfigError>([&] {
              run_pretrain(tiny_recipe({"online.probes=['knn']", "data.split.validation=0"}),
                           folder / "run", Existing::continue_same, {});
            }).find("data.split.validation"),
            std::string::npos);
}

TEST_F(OnlineTest, RefusesNumbers) {
  EXPECT_NE(message_of<ConfigError>([&] {
              run_pretrain(number_recipe(folder, {"online.probes=['knn']"}), folder / "run",
                           Existing::continue_same, {});
            }).find("online.probes = []"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
