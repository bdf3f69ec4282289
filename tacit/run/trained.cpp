// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/trained.h"

#include "tacit/artifact/head.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// Whether `recipe` holds out the windows that were held out when `artifact` was trained.
bool holds_out_the_same(const Artifact& artifact, const Recipe& recipe) {
  const Json now = write_config(recipe);
  for (const char* place : {"/seed", "/data/split", "/data/window"}) {
    const Json::json_pointer field(place);
    if (now.at(field) != artifact.manifest.recipe.value(field, Json())) return false;
  }
  return true;
}

/// A field of the recipe that `artifact` was trained by, or its default where it had none yet.
Json recorded(const Artifact& artifact, const Json::json_pointer& field) {
  const Json& recipe = artifact.manifest.recipe;
  return recipe.contains(field) ? recipe.at(field) : write_config(Recipe{}).at(field);
}

/// Whether recordings were filtered and scaled as those that `artifact` was trained on.
bool are_prepared_alike(const Artifact& artifact, const Recipe& recipe) {
  const Json now = write_config(recipe);
  for (const char* place : {"/data/high_pass", "/data/scale_people"}) {
    const Json::json_pointer field(place);
    if (now.at(field) != recorded(artifact, field)) return false;
  }
  return true;
}

}  // namespace

Trained::Trained(const fs::path& run, const Recipe& recipe)
    : artifact(Artifact::load(run / "artifact")),
      prepared(prepare(recipe)),
      fold(recipe, prepared, prepared.folds.at(0), artifact.preprocessing),
      pool(fold.rows, fold.pool),
      test(fold.rows, fold.scored),
      pool_y(fold.pool_units.labels()),
      test_y(fold.scored_units.labels()) {
  require_compatible(artifact.spec, prepared.examples->spec());
  require<StateError>(
      artifact.manifest.data_fingerprint == prepared.fingerprint,
      "the data have changed since {} was trained, so its test windows may be among "
      "those it learned from; pre-train again",
      run.string());
  require<ConfigError>(holds_out_the_same(artifact, recipe),
                       "seed, data.split and data.window must stay as they were for {}: its test "
                       "windows would be others, which it may have learned from",
                       run.string());
  require_scorable(recipe, *prepared.examples);
  require<ConfigError>(test.size() > 0,
                       "scoring needs labelled rows in the test part; check data.label");
}

Artifact borrow_encoder(const fs::path& run, const Recipe& recipe, const Prepared& prepared) {
  Artifact artifact = Artifact::load(run / "artifact");
  require_compatible(artifact.spec, prepared.examples->spec());
  require<ConfigError>(
      artifact.encoder_name == recipe.encoder.name &&
          artifact.encoder_config == recipe.encoder.options,
      "curve.pretrained: the encoder of {} is another network than this recipe's "
      "[encoder], so supervised training and the random encoder would not compare; make "
      "them equal",
      run.string());
  require<ConfigError>(are_prepared_alike(artifact, recipe),
                       "curve.pretrained: {} learned from recordings under another data.high_pass "
                       "or data.scale_people; make them equal",
                       run.string());
  require<ConfigError>(
      artifact.manifest.data_fingerprint != prepared.fingerprint ||
          holds_out_the_same(artifact, recipe),
      "curve.pretrained: {} learned from these data under another seed, data.split or "
      "data.window, so it may have seen the test windows; pre-train with this recipe's",
      run.string());
  return artifact;
}

void save_finetuned(const fs::path& folder, const Artifact& encoder, const ClassifierHead& head) {
  std::error_code unwritable;                 // save() says why
  fs::remove(head_file(folder), unwritable);  // no old head beside a new encoder
  encoder.save(folder);
  save_head(head, head_file(folder));
}

Finetuned load_finetuned(const fs::path& run) {
  const fs::path folder = run / "finetuned";
  require<StateError>(
      fs::exists(head_file(folder)),
      "{} holds no fine-tuned model; make one first with tacit finetune {} --labels all",
      run.string(), run.string());
  Finetuned model{Artifact::load(folder), {}};
  model.head = load_head(head_file(folder), model.artifact);
  return model;
}

}  // namespace tacit
