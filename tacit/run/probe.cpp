// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/probe.h"

#include <ATen/ops/tensor.h>

#include "tacit/core/toml.h"
#include "tacit/core/weights.h"
#include "tacit/evaluate/answers.h"
#include "tacit/evaluate/features.h"
#include "tacit/nn/registry.h"
#include "tacit/report/html.h"
#include "tacit/run/results.h"
#include "tacit/run/trained.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kReadRows = 256;

/// Scores every seed's predictions and writes results and report. predict(draw, seed, rng) returns
/// by model what it says of the test rows, as Outcome::of() takes it.
template <class Predict>
Json score(const fs::path& run, const Recipe& recipe, const LabelCount& labels,
           const Trained& trained, const std::vector<std::string>& models, const Caller& caller,
           Predict predict) {
  const std::string count = labels.print();
  Cells cells(run / "cells.json");
  for (const std::string& model : models) cells.forget(count, model);
  for (int64_t seed = 0; seed < recipe.curve.seeds; ++seed) {
    const Rng rng = Rng(recipe.seed).stream("fold").stream(0).stream("seed").stream(seed);
    const LabelDraw draw = draw_labels(trained.pool_y, labels, rng.stream("labels"));
    const std::vector<Tensor> predicted = predict(draw, seed, rng);
    for (size_t i = 0; i < models.size(); ++i)
      cells.record({0, seed, count, models[i]}, Outcome::of(trained.test_y, predicted[i]));
    if (caller.progress) caller.progress("seeds", {0, 1, seed + 1, recipe.curve.seeds, 0});
    if (caller.stop != nullptr && caller.stop->load()) throw Interrupted{};
  }
  Json results =
      summarize(cells, cells.labels(), cells.models(), trained.prepared.classes(),
                trained.prepared.labels(trained.fold.pool_units.size()), recipe.curve.metric);
  if (fs::exists(run / kPersonalCells))  // of the fine-tuned model that is still there
    results["personal"] = Json::parse(read_file(run / "results.json"))["personal"];
  write_file(run / "results.json", {results.dump(1), "\n"});
  write_report(run);
  return results;
}

Tensor gather(const Tensor& x, const LabelDraw& draw) {
  return x.index_select(0, at::tensor(draw.rows, at::kLong));
}

}  // namespace

Recipe recipe_of_run(const fs::path& run, const std::vector<std::string>& overrides) {
  Json document = read_run(run).value("recipe", Json());
  require<StateError>(document.is_object(), "{} does not record a recipe",
                      (run / "run.json").string());
  apply_overrides(document, overrides);
  Recipe recipe;
  read_config(recipe, document);
  return recipe;
}

Json run_probe(const fs::path& run, const LabelCount& labels,
               const std::vector<std::string>& overrides, const Caller& caller) {
  const Recipe recipe = recipe_of_run(run, overrides);
  const FolderLock lock(run);
  const Trained trained(run, recipe);
  const Fold& fold = trained.fold;
  const Tensor pool =
      fold.pool_units.pool(extract(*trained.artifact.encoder, trained.pool, kReadRows).x);
  const Tensor test =
      fold.scored_units.pool(extract(*trained.artifact.encoder, trained.test, kReadRows).x);
  const Tensor seen = recipe.probe.standardize_by == Standardize::training
                          ? extract(*trained.artifact.encoder, fold.train, kReadRows).x
                          : Tensor();
  return score(run, recipe, labels, trained, {enum_name(Model::self_supervised_frozen), "knn"},
               caller, [&](const LabelDraw& draw, int64_t, const Rng&) -> std::vector<Tensor> {
                 const Tensor x = gather(pool, draw), y = gather(trained.pool_y, draw);
                 return {probe_answers(x, y, test, trained.classes(), recipe.probe, seen),
                         knn_answers(x, y, test, trained.classes(), recipe.knn)};
               });
}

Json run_finetune(const fs::path& run, const LabelCount& labels,
                  const std::vector<std::string>& overrides, const Caller& caller) {
  const Recipe recipe = recipe_of_run(run, overrides);
  const FolderLock lock(run);
  const Trained trained(run, recipe);
  return score(run, recipe, labels, trained, {enum_name(Model::self_supervised_finetuned)}, caller,
               [&](const LabelDraw& draw, int64_t seed, const Rng& rng) -> std::vector<Tensor> {
                 Artifact tuned = trained.artifact;
                 tuned.encoder =
                     find_encoder(tuned.encoder_name)
                         .make(tuned.encoder_config, tuned.encoder_spec(), rng.stream("encoder"));
                 set_weights(*tuned.encoder, weights(*trained.artifact.encoder));
                 Surroundings around;
                 around.stop = caller.stop;
                 const Subset rows(trained.pool, trained.fold.pool_units.rows_of(draw.rows));
                 const auto model =
                     finetune(recipe.finetune, tuned.encoder, rows, trained.classes(),
                              rng.stream("finetune"), around, &trained.fold.train);
                 if (seed == 0) {
                   fs::remove(run / kPersonalCells);  // they are of the model that is replaced
                   tuned.manifest.method += "+finetune";
                   save_finetuned(run / "finetuned", tuned, model->head());
                 }
                 return {trained.fold.scored_units.mean(answers(*model, trained.test))};
               });
}

}  // namespace tacit
