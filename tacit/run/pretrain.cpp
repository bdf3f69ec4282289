// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/pretrain.h"

#include "tacit/artifact/generator.h"
#include "tacit/dist/broadcast.h"
#include "tacit/evaluate/collapse.h"
#include "tacit/evaluate/features.h"
#include "tacit/nn/registry.h"
#include "tacit/report/html.h"
#include "tacit/report/tensorboard.h"
#include "tacit/run/cells.h"
#include "tacit/run/metrics_log.h"
#include "tacit/run/online.h"
#include "tacit/run/watch_generator.h"
#include "tacit/version.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kHealthRows = 1024;  // enough for a stable rank of a few hundred dimensions

/// Adds embedding/spread, embedding/rank and embedding/dead, and warns once when the features
/// collapse.
Observer watch_embedding(const Dataset& rows, const Caller& caller) {
  return [&rows, &caller, warned = false](EpochEnd& end) mutable {
    std::vector<int64_t> some;
    const int64_t count = std::min(rows.size(), kHealthRows);
    for (int64_t i = 0; i < count; ++i) some.push_back(i * rows.size() / count);
    const EmbeddingHealth health =
        embedding_health(extract(end.method.encoder(), Subset(rows, some), 256).x);
    end.quantities["embedding/std"] = health.spread;
    end.quantities["embedding/rank"] = health.effective_rank;
    end.quantities["embedding/dead"] = health.dead;
    if (!health.warning.empty() && !warned) caller.tell("warning: " + health.warning);
    warned = warned || !health.warning.empty();
  };
}

/// Where what is watched of an encoder is kept. One encoder: the run's own folder. Several: beside
/// each, so that TensorBoard shows each as a run.
fs::path watch_folder(const fs::path& folder, const fs::path& artifact_folder) {
  return artifact_folder.parent_path() == folder ? folder : artifact_folder;
}

/// TensorBoard's events, in a file that is opened at the first epoch's end, which says what to
/// purge.
class Events {
 public:
  explicit Events(fs::path folder) : folder_(std::move(folder)) { create_folder(folder_); }
  EventWriter& at(int64_t epoch) {
    if (!writer_) writer_.emplace(folder_, epoch);
    return *writer_;
  }

 private:
  fs::path folder_;
  std::optional<EventWriter> writer_;
};

/// What is written while training: metrics.jsonl and TensorBoard's events.
Observer record_epochs(const std::string& stage, const fs::path& folder,
                       const std::shared_ptr<Events>& events) {
  const auto log = std::make_shared<MetricsLog>(folder / "metrics.jsonl");
  return [=](EpochEnd& end) {
    log->record(stage, end);
    EventWriter& writer = events->at(end.epoch);
    for (const auto& [name, value] : end.quantities) writer.scalar(name, end.epoch, value);
    writer.flush();
  };
}

/// Throws DataError unless all processes were started on the same.
void require_same(const Communicator& world, const Recipe& recipe, const Prepared& prepared) {
  const std::string own = write_config(recipe).dump() + prepared.fingerprint;
  require<DataError>(
      broadcast(world, own) == own,
      "process {} of {} reads another recipe or other data than process 0; give all the "
      "same command and files",
      world.rank(), world.size());
}

}  // namespace

std::shared_ptr<Encoder> make_encoder(const Recipe& recipe, const Spec& spec, const Rng& rng) {
  return find_encoder(recipe.encoder.name).make(recipe.encoder.options, spec, rng);
}

void require_model(const Recipe& recipe, const Spec& spec, int64_t classes) {
  find_method(recipe.method.name)
      .make(recipe.method.options, {spec, make_encoder(recipe, spec, Rng(0)), Rng(0), classes});
}

Artifact pretrain_encoder(const Recipe& recipe, const MethodChoice& choice,
                          const Prepared& prepared, const Fold& fold, const Rng& rng,
                          const std::string& stage, const fs::path& folder,
                          const fs::path& artifact_folder, const Caller& caller,
                          const Subset* some) {
  const Communicator& world = *caller.world;
  const bool writes = world.rank() == 0;
  if (broadcast(world, fs::exists(artifact_folder / "model.safetensors") ? "done" : "") == "done")
    return Artifact::load(artifact_folder);
  const Spec& spec = fold.rows.spec();
  const auto encoder = make_encoder(recipe, spec, rng.stream("encoder"));
  const auto method =
      find_method(choice.name)
          .make(choice.options, {spec, encoder, rng.stream("method"), prepared.class_count()});
  Surroundings around;
  around.stop = caller.stop;
  around.checkpoints = folder / "checkpoints" / artifact_folder.filename();
  if (caller.progress)
    around.progress = [&](const Progress& progress) { caller.progress(stage, progress); };
  if (writes) {
    const fs::path watched = watch_folder(folder, artifact_folder);
    const auto events = std::make_shared<Events>(watched);
    around.observers = {record_epochs(stage, folder, events)};
    const auto before_the_log = [&](Observer observer) {
      around.observers.insert(around.observers.begin(), std::move(observer));
    };
    before_the_log(
        watch_embedding(fold.validation.size() > 1 ? fold.validation : fold.train, caller));
    if (!recipe.online.probes.empty())
      before_the_log(watch_quality(recipe.online, recipe.probe, recipe.knn, prepared, fold,
                                   rng.stream("online")));
    if (method->generator() != nullptr)
      before_the_log(watch_generator(
          recipe.generator,
          {prepared, fold, recipe.train.epochs, stage, folder, watched / "samples"},
          rng.stream("generator"), caller,
          [events](int64_t epoch, const std::string& png, int64_t height, int64_t width) {
            events->at(epoch).image("generator/samples", epoch, png, height, width);
          }));
  }
  const TrainResult result =
      Trainer(recipe.train, rng.stream("train"), world)
          .fit(*method, some != nullptr ? *some : fold.train, &fold.validation, around);
  if (result.skipped_steps > 0)
    caller.tell(
        text("{} steps were skipped: their gradients were not finite", result.skipped_steps));
  if (result.stopped_early) caller.tell(text("stopped early after {} epochs", result.epochs));

  Artifact artifact;
  artifact.manifest = {.library = kVersion,
                       .commit = kCommit,
                       .method = choice.name,
                       .classes = prepared.classes(),
                       .recipe = write_config(recipe),
                       .data_fingerprint = prepared.fingerprint};
  artifact.spec = prepared.examples->spec();
  artifact.preprocessing = fold.preprocessing;
  artifact.encoder_name = recipe.encoder.name;
  artifact.encoder_config = recipe.encoder.options;
  artifact.encoder = encoder;
  if (writes) {
    create_folder(artifact_folder);
    keep_decoder(*method, fold, artifact_folder);
    if (const auto generator = method->generator())
      save_generator(*generator, artifact, generator_file(artifact_folder));
    artifact.save(artifact_folder);  // last: with it the encoder counts as trained
  }
  return artifact;
}

void run_pretrain(const Recipe& recipe, const fs::path& path, Existing existing,
                  const Caller& caller) {
  const Prepared prepared = prepare(recipe);  // first: data that cannot be used leave no run behind
  require<ConfigError>(
      prepared.folds.size() == 1,
      "tacit pretrain trains one encoder, but data.split.test asks for {} folds; name "
      "the test subjects, or use tacit curve",
      prepared.folds.size());
  const Fold fold = fit_fold(recipe, prepared, prepared.folds[0]);
  require_model(recipe, fold.rows.spec(), prepared.class_count());
  std::optional<RunFolder> folder;  // of the process that writes
  if (caller.world->rank() == 0) {
    folder.emplace(path, "pretrain", recipe, existing, caller);
    folder->record(describe_data(prepared));
  }
  require_same(*caller.world, recipe, prepared);
  caller.tell(prepared.folds[0].print());
  pretrain_encoder(recipe, recipe.method, prepared, fold,
                   Rng(recipe.seed).stream("pretrain").stream(0), "pretrain/" + recipe.method.name,
                   path, path / "artifact", caller);
  if (!folder) return;
  folder->finish();
  write_report(path);
}

}  // namespace tacit
