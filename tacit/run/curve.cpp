// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/curve.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/floor_divide.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <map>
#include <set>

#include "tacit/core/weights.h"
#include "tacit/evaluate/answers.h"
#include "tacit/evaluate/embedding_map.h"
#include "tacit/evaluate/features.h"
#include "tacit/report/html.h"
#include "tacit/run/prepare.h"
#include "tacit/run/pretrain.h"
#include "tacit/run/results.h"
#include "tacit/run/trained.h"
#include "tacit/run/unlabelled.h"
#include "tacit/train/device.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kReadRows = 256;  // rows held at once while features are computed
constexpr int64_t kMapRows = 1500;  // points of the embedding map that a page can show

/// Features of the labelled pool, of the test part and, where probes standardise by them, of all
/// rows that training reads.
struct Views {
  Tensor pool, test, seen{};  // [P, D], [M, D], [R, D] or undefined
};

/// One fold of a curve: what its cells share, computed when first needed.
class FoldCurve {
 public:
  FoldCurve(const Recipe& recipe, const Prepared& prepared, size_t index, const RunFolder& folder,
            const Caller& caller)
      : recipe_(recipe),
        prepared_(prepared),
        index_(index),
        folder_(folder),
        caller_(caller),
        device_(find_device(recipe.train.device, 0)),
        rng_(Rng(recipe.seed).stream("fold").stream(index)),
        fold_(fit_fold(recipe, prepared, prepared.folds[index])),
        pool_(fold_.rows, fold_.pool),
        test_(fold_.rows, fold_.scored),
        pool_y_(fold_.pool_units.labels()),
        test_y_(fold_.scored_units.labels()) {
    require<ConfigError>(test_.size() > 0,
                         "the test part holds no labelled rows; check "
                         "data.split.test and data.label");
  }

  const Tensor& truth() const { return test_y_; }
  double labels_in_all() const { return prepared_.labels(fold_.pool_units.size()); }

  /// How much of what encoders learn from a share is, of the first encoder.
  UnlabelledAmount amount(double share) {
    const UnlabelledDraw draw = unlabelled(share, 0);
    return {share, static_cast<int64_t>(draw.rows.size()), draw.seconds};
  }

  /// What a model says of the test rows, as Outcome::of() takes it; one that is pre-trained, on a
  /// share of what there is.
  Tensor predict(Model model, const LabelCount& count, int64_t seed, double share) {
    const Rng rng = rng_.stream("seed").stream(static_cast<uint64_t>(seed));
    const LabelDraw draw = draw_labels(pool_y_, count, rng.stream("labels"));
    warn(draw);
    const Rng cell =
        rng.stream(enum_name(model))
            .stream(count.all || count.percent > 0 ? 0 : static_cast<uint64_t>(count.count));
    switch (model) {
      case Model::self_supervised_frozen:
        return probe(pretrained_views(recipe_.method, seed, share), draw);
      case Model::self_supervised_knn:
        return knn(pretrained_views(recipe_.method, seed, share), draw);
      case Model::autoencoder:
        return probe(pretrained_views({.name = "autoencoder"}, seed, 1), draw);
      case Model::random_encoder: return probe(random_views(seed), draw);
      case Model::random_forest: return forest(classical(), draw, cell);
      case Model::logistic_regression: return probe(classical(), draw);
      case Model::self_supervised_forest:
        return forest(pretrained_views(recipe_.method, seed, share), draw, cell);
      case Model::self_supervised_and_classical:
        return forest(beside(pretrained_views(recipe_.method, seed, share), classical()), draw,
                      cell);
      case Model::mean_colour: return forest(shortcut(colour_features), draw, cell);
      case Model::timestamp: return forest(shortcut(time_features), draw, cell);
      case Model::self_supervised_finetuned: {
        const auto encoder = fresh(cell);
        set_weights(*encoder, weights(*pretrained(recipe_.method, seed, share).encoder));
        return train(recipe_.finetune, encoder, draw, cell);
      }
      case Model::supervised: return train(recipe_.supervised, fresh(cell), draw, cell);
    }
    throw ConfigError("unknown model");
  }

  /// Test rows seen by the first pre-trained encoder, for the report.
  Json map() {
    const Views& views = pretrained_views(recipe_.method, 0, 1);
    const int64_t step = std::max<int64_t>(1, views.test.size(0) / kMapRows);
    const Tensor some = views.test.slice(0, 0, views.test.size(0), step);
    const EmbeddingMap found = embedding_map(some);
    const Tensor groups = map_groups();
    Json x = Json::array(), y = Json::array(), label = Json::array();
    for (int64_t row = 0; row < some.size(0); ++row) {
      x.push_back(found.points[row][0].item<double>());
      y.push_back(found.points[row][1].item<double>());
      label.push_back(groups[row * step].item<int64_t>());
    }
    return {{"x", x}, {"y", y}, {"label", label}, {"model", "self_supervised_frozen"}};
  }

 private:
  int64_t classes() const { return static_cast<int64_t>(prepared_.classes().size()); }

  /// By what points of the map are coloured: the classes of the test rows, or in which quarter of
  /// the numbers theirs is, 0 … 3.
  Tensor map_groups() const {
    if (classes() > 0) return test_y_;
    const Tensor rank = test_y_.argsort(/*stable=*/true).argsort(/*stable=*/true);
    return at::floor_divide(4 * rank, test_y_.numel());
  }

  void warn(const LabelDraw& draw) {
    for (const ShortClass& few : draw.short_classes) {
      if (!warned_.insert(few.label).second) continue;
      const std::string who =
          classes() > 0 ? text("class {} has", prepared_.classes()[static_cast<size_t>(few.label)])
                        : "there are";
      caller_.tell(
          text("{} only {} labelled rows outside the test part: all were used", who, few.rows));
    }
  }

  std::shared_ptr<Encoder> fresh(const Rng& rng) const {
    return make_encoder(recipe_, fold_.rows.spec(), rng.stream("encoder"));
  }

  /// The encoder of curve.pretrained that serves this seed.
  const Artifact& borrowed(int64_t seed) {
    const auto& runs = recipe_.curve.pretrained;
    const std::string& run = runs[static_cast<size_t>(seed) % runs.size()];
    if (!artifacts_.contains(run)) artifacts_.emplace(run, borrow_encoder(run, recipe_, prepared_));
    return artifacts_.at(run);
  }

  UnlabelledDraw unlabelled(double share, uint64_t encoder_seed) const {
    return draw_unlabelled(*prepared_.examples, fold_.split.pretrained_on(),
                           recipe_.curve.unlabelled_by, share, recipe_.train.batch_size,
                           rng_.stream("unlabelled").stream(encoder_seed));
  }

  const Artifact& pretrained(const MethodChoice& method, int64_t seed, double share) {
    if (!recipe_.curve.pretrained.empty() && &method == &recipe_.method) return borrowed(seed);
    const auto encoder_seed = static_cast<uint64_t>(seed % recipe_.curve.pretrain_seeds);
    const std::string name = text("{}-{}{}{}", method.name, encoder_seed + 1, share_suffix(share),
                                  index_ == 0 ? "" : text("-fold{}", index_ + 1));
    const auto found = artifacts_.find(name);
    if (found != artifacts_.end()) return found->second;
    const auto learn = [&](const Recipe& recipe, const Subset& rows) {
      return pretrain_encoder(recipe, method, prepared_, fold_,
                              rng_.stream("pretrain").stream(encoder_seed), "pretrain/" + name,
                              folder_.path(), folder_.path() / "encoders" / name, caller_, &rows);
    };
    if (share == 1) return artifacts_.emplace(name, learn(recipe_, fold_.train)).first->second;
    const Subset some(fold_.rows, unlabelled(share, encoder_seed).rows);
    return artifacts_
        .emplace(name, learn(of_equal_steps(recipe_, some.size(), fold_.train.size()), some))
        .first->second;
  }

  Views views(Encoder& encoder) const {
    const OnDevice there(encoder, device_);
    return {fold_.pool_units.pool(extract(encoder, pool_, kReadRows).x),
            fold_.scored_units.pool(extract(encoder, test_, kReadRows).x),
            probes_by_training() ? extract(encoder, fold_.train, kReadRows).x : Tensor()};
  }

  bool probes_by_training() const { return recipe_.probe.standardize_by == Standardize::training; }

  const Views& pretrained_views(const MethodChoice& method, int64_t seed, double share) {
    Encoder* encoder = pretrained(method, seed, share).encoder.get();
    if (!encoder_views_.contains(encoder)) encoder_views_[encoder] = views(*encoder);
    return encoder_views_[encoder];
  }

  const Views& random_views(int64_t seed) {
    if (!random_views_.contains(seed))
      random_views_[seed] =
          views(*fresh(rng_.stream("random").stream(static_cast<uint64_t>(seed))));
    return random_views_[seed];
  }

  static Views beside(const Views& one, const Views& other) {
    return {at::cat({one.pool, other.pool}, 1), at::cat({one.test, other.test}, 1),
            one.seen.defined() ? at::cat({one.seen, other.seen}, 1) : Tensor()};
  }

  Tensor probe(const Views& views, const LabelDraw& draw) const {
    const Tensor rows = at::tensor(draw.rows, at::kLong);
    return probe_answers(views.pool.index_select(0, rows), pool_y_.index_select(0, rows),
                         views.test, classes(), recipe_.probe, views.seen);
  }

  Tensor knn(const Views& views, const LabelDraw& draw) const {
    const Tensor rows = at::tensor(draw.rows, at::kLong);
    return knn_answers(views.pool.index_select(0, rows), pool_y_.index_select(0, rows), views.test,
                       classes(), recipe_.knn);
  }

  const Views& classical() {
    const auto features = [this](const std::vector<int64_t>& rows) {
      return classical_features(recipe_.curve.classical, prepared_, fold_, rows);
    };
    if (!classical_)
      classical_ = Views{fold_.pool_units.pool(features(fold_.pool)),
                         fold_.scored_units.pool(features(fold_.scored)),
                         probes_by_training() ? features(fold_.split.pretrained_on()) : Tensor()};
    return *classical_;
  }

  /// What features of rows show.
  Views shortcut(Tensor (*features)(const Prepared&, const std::vector<int64_t>&)) const {
    return {fold_.pool_units.pool(features(prepared_, fold_.pool)),
            fold_.scored_units.pool(features(prepared_, fold_.scored))};
  }

  Tensor forest(const Views& views, const LabelDraw& draw, const Rng& rng) const {
    const Tensor rows = at::tensor(draw.rows, at::kLong);
    return forest_answers(views.pool.index_select(0, rows), pool_y_.index_select(0, rows),
                          views.test, classes(), {}, rng);
  }

  Tensor train(const FinetuneConfig& config, const std::shared_ptr<Encoder>& encoder,
               const LabelDraw& draw, const Rng& rng) const {
    Surroundings around;
    around.stop = caller_.stop;
    const Subset rows(pool_, fold_.pool_units.rows_of(draw.rows));
    const auto model = finetune(config, encoder, rows, classes(), rng, around, &fold_.train);
    const OnDevice there(*model, device_);
    return fold_.scored_units.mean(answers(*model, test_));
  }

  const Recipe& recipe_;
  const Prepared& prepared_;
  size_t index_;
  const RunFolder& folder_;
  const Caller& caller_;
  const c10::Device device_;
  Rng rng_;
  Fold fold_;
  Subset pool_, test_;
  Tensor pool_y_, test_y_;
  std::map<std::string, Artifact> artifacts_;  // by folder
  std::map<const Encoder*, Views> encoder_views_;
  std::map<int64_t, Views> random_views_;  // by seed
  std::optional<Views> classical_;
  std::set<int64_t> warned_;
};

/// What is measured against how much is learned from: always also all of it; rising, none twice.
std::set<double> shares_of(const CurveConfig& curve) {
  std::set<double> shares(curve.unlabelled.begin(), curve.unlabelled.end());
  shares.insert(1);
  return shares;
}

/// Models as cells name them: those that pre-training serves once a share.
std::vector<std::pair<Model, double>> models_and_shares(const CurveConfig& curve) {
  std::vector<std::pair<Model, double>> all;
  for (const Model model : curve.models) all.emplace_back(model, 1);
  for (const double share : shares_of(curve))
    for (const Model model : curve.models)
      if (share < 1 && is_self_supervised(enum_name(model))) all.emplace_back(model, share);
  return all;
}

void report_cell(const Caller& caller, int64_t done, int64_t all) {
  if (caller.progress) caller.progress("label curve", {0, 1, done, all, 0});
}

}  // namespace

Json run_curve(const Recipe& recipe, const fs::path& path, Existing existing,
               const Caller& caller) {
  const Prepared prepared = prepare(recipe);  // first: data that cannot be used leave no run behind
  require_scorable(recipe, *prepared.examples);
  require<ConfigError>(
      recipe.curve.pretrained.empty() ||
          std::ranges::all_of(recipe.curve.unlabelled, [](double share) { return share == 1; }),
      "curve.unlabelled trains encoders on shares of the data, but "
      "curve.pretrained names ones that are trained; leave one of them out");
  if (recipe.curve.pretrained.empty())
    require_model(
        recipe,
        encoded_spec(fit_preprocessing(recipe.data, *prepared.examples, prepared.folds.at(0).train),
                     prepared.examples->spec()),
        prepared.class_count());
  RunFolder folder(path, "curve", recipe, existing, caller);
  folder.record(describe_data(prepared));
  for (const Split& split : prepared.folds) caller.tell(split.print());

  Cells cells(path / "cells.json");
  const CurveConfig& curve = recipe.curve;
  const std::vector<std::pair<Model, double>> measured = models_and_shares(curve);
  const auto all = static_cast<int64_t>(prepared.folds.size() * curve.labels_per_class.size() *
                                        measured.size()) *
                   curve.seeds;
  int64_t done = 0;
  double labels_in_all = 0;
  std::vector<UnlabelledAmount> amounts;
  Json map;
  for (size_t fold = 0; fold < prepared.folds.size(); ++fold) {
    FoldCurve shared(recipe, prepared, fold, folder, caller);
    labels_in_all += shared.labels_in_all() / static_cast<double>(prepared.folds.size());
    if (fold == 0) {
      map = shared.map();
      for (const double share : shares_of(curve)) amounts.push_back(shared.amount(share));
    }
    for (int64_t seed = 0; seed < curve.seeds; ++seed)
      for (const LabelCount& count : curve.labels_per_class)
        for (const auto& [model, share] : measured) {
          const Cell cell{static_cast<int64_t>(fold), seed, count.print(),
                          enum_name(model) + share_suffix(share)};
          if (!cells.contains(cell))
            cells.record(cell,
                         Outcome::of(shared.truth(), shared.predict(model, count, seed, share)));
          report_cell(caller, ++done, all);
          if (caller.stop != nullptr && caller.stop->load()) throw Interrupted{};
        }
  }
  std::vector<std::string> labels, models;
  for (const LabelCount& count : curve.labels_per_class) labels.push_back(count.print());
  for (const Model model : curve.models) models.push_back(enum_name(model));
  Json results = summarize(cells, labels, models, prepared.classes(), labels_in_all, curve.metric);
  results["embedding_map"] = std::move(map);
  if (amounts.size() > 1)
    results["unlabelled"] =
        summarize_unlabelled(cells, results, amounts, prepared, curve.metric, Rng(recipe.seed));
  write_file(path / "results.json", {results.dump(1), "\n"});
  folder.finish();
  write_report(path);
  return results;
}

}  // namespace tacit
