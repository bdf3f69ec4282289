// SPDX-License-Identifier: Apache-2.0
#include "tacit/report/headline.h"

#include <gtest/gtest.h>

#include "tacit/report/display_name.h"

namespace tacit {
namespace {

Json results() {
  return Json::parse(R"({
    "metric": "weighted_f1", "labels": [2, 10, "all"],
    "models": ["supervised", "self_supervised_frozen", "self_supervised_finetuned"],
    "scores": {
      "weighted_f1/self_supervised_finetuned/2": {"mean": 0.7, "std": 0.1},
      "weighted_f1/self_supervised_finetuned/10": {"mean": 0.91234, "std": 0.0104},
      "weighted_f1/self_supervised_frozen/10": {"mean": 0.87, "std": 0.02},
      "weighted_f1/supervised/10": {"mean": 0.79, "std": 0.03},
      "weighted_f1/supervised/all": {"mean": 0.95, "std": null}},
    "label_equivalence": [
      {"model": "self_supervised_frozen", "labels": 10, "factor": 2.5},
      {"model": "self_supervised_finetuned", "labels": 2, "factor": 7.0},
      {"model": "self_supervised_finetuned", "labels": 10, "factor": 4.24}]})");
}

TEST(Headline, SaysScoreAndLabelEquivalence) {
  EXPECT_EQ(headline(results(), Json()),
            "With 10 labelled windows a class, self-supervised (fine-tuned) reaches weighted F1 "
            "0.912 ± 0.010; supervised training needs 4.2 × the labels for that.");
}

TEST(Headline, ComparesScoresWhenNoFactorIsKnown) {
  Json some = results();
  some["label_equivalence"][2]["factor"] = nullptr;
  EXPECT_EQ(headline(some, Json()),
            "With 10 labelled windows a class, self-supervised (fine-tuned) reaches weighted F1 "
            "0.912 ± 0.010; supervised training reaches 0.790 ± 0.030 with the same labels.");
}

TEST(Headline, FallsBackToTheModelsAndLabelsThereAre) {
  Json some = results();
  some["scores"] = {{"weighted_f1/supervised/all", {{"mean", 0.95}, {"std", nullptr}}}};
  EXPECT_EQ(headline(some, Json()), "With all labels, supervised reaches weighted F1 0.950.");
}

TEST(Headline, TellsTheLossWithoutResults) {
  const Json metrics = Json::parse(R"([
    {"stage": "a", "validation": {"loss": 9}},
    {"stage": "b", "validation": {"loss": 0.6}}, {"stage": "b", "validation": {"loss": null}},
    {"stage": "b", "validation": {"loss": 0.25}}])");
  EXPECT_EQ(headline(Json(), metrics),
            "Over 2 epochs of training the validation loss went from 0.600 to 0.250.");
}

TEST(Headline, TellsWhatBecameOfAGan) {
  Json metrics = Json::parse(R"([
    {"stage": "a", "train": {"discriminator/loss": 2, "generator/loss": -0.5}},
    {"stage": "a", "train": {"discriminator/loss": 1.5, "generator/loss": 0.25}},
    {"stage": "a", "train": {"discriminator/loss": 1, "generator/loss": 0.125}}])");
  EXPECT_EQ(headline(Json(), metrics),
            "Over 3 epochs of training the discriminator's loss went from 2.000 to 1.000, the "
            "generator's from -0.500 to 0.125.");
  metrics[2]["generator"]["fid"] = 12.5;
  EXPECT_EQ(headline(Json(), metrics),
            "Made pictures have a FID, in the features of the run's extractor, of 12.50 after 3 "
            "epochs.");
  metrics[1]["generator"]["fid"] = 11;
  EXPECT_EQ(headline(Json(), metrics),
            "Made pictures have a FID, in the features of the run's extractor, of 12.50 after 3 "
            "epochs; the best was 11.00 after 2.");
}

TEST(Headline, WronglyTypedResultsCountAsMissing) {
  const std::string nothing = "This run has not written any results yet.";
  for (const char* odd :
       {"null", "[]", "3", R"({"scores": [1]})", R"({"scores": {"a": 3}})",
        R"({"labels": 3, "models": {"a": 1}, "metric": 5})",
        R"({"scores": {"weighted_f1/self_supervised_frozen/10": {"mean": "x"}}})"})
    EXPECT_EQ(headline(Json::parse(odd), Json()), nothing) << odd;
  EXPECT_EQ(headline(Json(), Json::parse(R"([])")), nothing);
}

TEST(DisplayName, UnknownKeysLoseTheirUnderscores) {
  EXPECT_EQ(display_name("self_supervised_frozen"), "self-supervised, frozen");
  EXPECT_EQ(display_name("a_new_model"), "a new model");
}

TEST(Headline, SpeaksOfNumbers) {
  const Json results = Json::parse(R"({
    "target": "number", "metric": "r2", "labels": [20, "all"], "models": ["self_supervised_frozen"],
    "scores": {"r2/self_supervised_frozen/20": {"mean": 0.5, "std": 0.125},
               "rmse/self_supervised_frozen/20": {"mean": 3}}})");
  EXPECT_EQ(headline(results, Json()),
            "With 20 labelled rows, self-supervised (frozen) reaches R² 0.500 ± 0.125.");
}

}  // namespace
}  // namespace tacit
