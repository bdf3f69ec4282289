// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/personal.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>

#include "tacit/evaluate/features.h"
#include "tacit/evaluate/metrics.h"
#include "tacit/evaluate/personalize.h"
#include "tacit/evaluate/spread.h"
#include "tacit/report/html.h"
#include "tacit/run/probe.h"
#include "tacit/run/results.h"
#include "tacit/run/trained.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kReadRows = 256;  // windows held at once
constexpr const char* kGeneral = "general";
constexpr const char* kPersonalized = "personalized";

/// The general model and what it says of everyone outside the test part.
struct General {
  const fs::path& run;
  const Recipe& recipe;
  const Trained& trained;
  Finetuned model;
  Features everyone;

  General(const fs::path& folder, const Recipe& r, const Trained& t)
      : run(folder), recipe(r), trained(t), model(load_finetuned(folder)), everyone(see(t.pool)) {}
  Features see(const Dataset& rows) const {
    return extract(*model.artifact.encoder, rows, kReadRows);
  }
};

std::vector<int64_t> rows_of(const Trained& trained, const std::string& subject) {
  std::vector<int64_t> rows;
  for (const int64_t row : trained.fold.scored)
    if (trained.prepared.examples->origin(row).subject == subject) rows.push_back(row);
  return rows;
}

/// Names come from the data, so they may hold anything; the number keeps them apart.
std::string folder_name(int64_t index, const std::string& subject) {
  std::string safe = text("{}-", index + 1);
  for (const char c : subject)
    safe += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' ? c : '_';
  return safe;
}

void save_personal(const fs::path& folder, const General& general,
                   const LinearClassifier& classifier) {
  Artifact artifact = general.model.artifact;
  artifact.manifest.method += "+personalize";
  const int64_t features = artifact.encoder->features();
  ClassifierHead head({.features = features, .classes = general.trained.classes()}, Rng(0));
  head.set(at::zeros({features}), at::ones({features}), classifier.weight.to(at::kFloat),
           classifier.bias.to(at::kFloat));
  save_finetuned(folder, artifact, head);
}

/// All draws of one person, who is number `index` of the test people.
void measure(const General& general, int64_t index, const std::string& subject,
             const LabelCount& labels, Cells& cells, const Caller& caller) {
  const Trained& trained = general.trained;
  const PersonRows parts = split_person(*trained.prepared.examples, rows_of(trained, subject));
  require<DataError>(!parts.adapt.empty() && !parts.score.empty(),
                     "person {} has too few labelled windows to adapt to and to score", subject);
  const Subset adapt_rows(trained.fold.rows, parts.adapt),
      score_rows(trained.fold.rows, parts.score);
  const Features adapt = general.see(adapt_rows), score = general.see(score_rows);
  const Tensor before = general.model.head->forward(score.x).softmax(1);
  const std::string count = labels.print();
  const auto record = [&](int64_t seed, const char* model, const Tensor& told) {
    cells.record({index, seed, count, model}, Outcome::of(score.y, told));
  };
  for (int64_t seed = 0; seed < general.recipe.curve.seeds; ++seed) {
    const Rng rng = Rng(general.recipe.seed)
                        .stream("personalize")
                        .stream(subject)
                        .stream(static_cast<uint64_t>(seed));
    const Tensor drawn = at::tensor(draw_labels(adapt.y, labels, rng).rows, at::kLong);
    const Features mine{adapt.x.index_select(0, drawn), adapt.y.index_select(0, drawn), {}};
    const LinearClassifier head =
        personalize(general.everyone, mine, trained.classes(), general.recipe.personalize);
    record(seed, kGeneral, before);
    record(seed, kPersonalized, head.probabilities(score.x));
    if (seed == 0)
      save_personal(general.run / "personal" / folder_name(index, subject), general, head);
    if (caller.stop != nullptr && caller.stop->load()) throw Interrupted{};
  }
}

double mean(const std::vector<double>& values) { return spread(values).mean; }

/// What results.json says of persons: the usual scores, and the gain of each person.
Json summarize_people(const Cells& cells, const Trained& trained,
                      const std::vector<std::string>& people) {
  Json personal =
      summarize(cells, cells.labels(), {kGeneral, kPersonalized}, trained.prepared.classes(),
                trained.prepared.labels(trained.fold.pool_units.size()));
  personal["gain"] = Json::object();
  for (const std::string& labels : cells.labels()) {
    std::vector<double> gains;
    Json each = Json::object();
    for (size_t person = 0; person < people.size(); ++person) {
      std::map<std::string, std::vector<double>> f1;
      for (const char* model : {kGeneral, kPersonalized})
        for (int64_t seed = 0; cells.contains({static_cast<int64_t>(person), seed, labels, model});
             ++seed)
          f1[model].push_back(
              scores(cells.outcome({static_cast<int64_t>(person), seed, labels, model}).confusion)
                  .weighted_f1);
      if (f1.empty()) continue;
      const double before = mean(f1[kGeneral]), after = mean(f1[kPersonalized]);
      each[people[person]] = {{kGeneral, before}, {kPersonalized, after}};
      gains.push_back(after - before);
    }
    personal["gain"][labels] = {{"over_people", spread(gains)}, {"people", each}};
  }
  return personal;
}

}  // namespace

Json run_personalize(const fs::path& run, const std::string& subject, const LabelCount& labels,
                     const std::vector<std::string>& overrides, const Caller& caller) {
  const Recipe recipe = recipe_of_run(run, overrides);
  const FolderLock lock(run);
  const Trained trained(run, recipe);
  require<ConfigError>(trained.prepared.examples->target() == Target::category,
                       "--subject fits heads of classes to people, but data.target makes the "
                       "labels numbers; leave it out");
  const std::vector<std::string>& people = trained.prepared.folds[0].test_groups;
  require<ConfigError>(
      recipe.data.split.by == SplitBy::subject,
      "--subject needs data.split.by = \"subject\": only then are test people new");
  require<ConfigError>(
      subject == "all" || std::find(people.begin(), people.end(), subject) != people.end(),
      "--subject: {}", unknown_name("test person", subject, people));
  const General general(run, recipe, trained);
  Cells cells(run / kPersonalCells);
  for (size_t person = 0; person < people.size(); ++person) {
    if (subject == "all" || subject == people[person])
      measure(general, static_cast<int64_t>(person), people[person], labels, cells, caller);
    if (caller.progress)
      caller.progress("people", {0, 1, static_cast<int64_t>(person) + 1,
                                 static_cast<int64_t>(people.size()), 0});
  }
  Json results = fs::exists(run / "results.json") ? Json::parse(read_file(run / "results.json"))
                                                  : Json::object();
  results["personal"] = summarize_people(cells, trained, people);
  write_file(run / "results.json", {results.dump(1), "\n"});
  write_report(run);
  return results;
}

std::string print_gain(const Json& personal) {
  std::string lines;
  for (const auto& [labels, gain] : personal.at("gain").items())
    for (const auto& [person, f1] : gain.at("people").items()) {
      char line[160];
      std::snprintf(line, sizeof line, "person %-12s %3s labels a class: %.3f -> %.3f\n",
                    person.c_str(), labels.c_str(), f1.at(kGeneral).get<double>(),
                    f1.at(kPersonalized).get<double>());
      lines += line;
    }
  return lines;
}

}  // namespace tacit
