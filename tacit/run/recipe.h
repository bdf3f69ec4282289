// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/load.h"
#include "tacit/evaluate/finetune.h"
#include "tacit/evaluate/knn.h"
#include "tacit/evaluate/label_subsets.h"
#include "tacit/evaluate/label_units.h"
#include "tacit/evaluate/linear_probe.h"
#include "tacit/evaluate/personalize.h"
#include "tacit/evaluate/unlabelled_subsets.h"
#include "tacit/run/results.h"
#include "tacit/train/trainer.h"

namespace tacit {

/// One line of the table of methods with its options: [method] in a recipe.
struct MethodChoice {
  std::string name = "transformation_prediction";
  Json options = Json::object();  ///< complete with defaults

  static MethodChoice read(const Json&, const std::string& where);  ///< throws ConfigError
  static std::string type_name() { return "a table with a name and options"; }
  Json write() const;
};

/// One line of the table of encoders with its options: [encoder] in a recipe.
struct EncoderChoice {
  std::string name = "temporal_conv";
  Json options = Json::object();

  static EncoderChoice read(const Json&, const std::string& where);  ///< throws ConfigError
  static std::string type_name() { return "a table with a name and options"; }
  Json write() const;
};

/// A quick look at the features while an encoder is pre-trained.
enum class Online { knn, linear };
inline std::vector<std::string> names(Online) { return {"knn", "linear"}; }

/// Watches the representation while it learns. It uses labels of training and validation windows,
/// but teaches the encoder nothing; only train.stop_when and train.keep can act on what it says.
struct OnlineConfig {
  std::vector<Online> probes{};  ///< empty: labels are not looked at
  LabelCount labels_per_class{.count = 10};
};
template <class Visitor>
void describe(Visitor& visit, OnlineConfig& config) {
  visit("probes", config.probes, "knn, linear: scored on the validation windows; empty: none");
  visit("labels_per_class", config.labels_per_class,
        "labelled training windows a class to fit them on");
}

/// A look at what a generator makes while it is trained.
struct GeneratorConfig {
  int64_t every = 1;        ///< epochs from one look to the next
  int64_t samples = 64;     ///< pictures of a grid
  std::string extractor{};  ///< folder of a run whose encoder measures them; "": none does
  int64_t scored = 2000;    ///< pictures of each kind that a score is of, if there are as many
};
template <class Visitor>
void describe(Visitor& visit, GeneratorConfig& config) {
  visit("every", config.every,
        "epochs from one look at a generator to the next; the first and the last epoch have one "
        "too",
        at_least(1));
  visit("samples", config.samples, "pictures that it makes at each look, of the same noise",
        between(2, 1024));
  visit("extractor", config.extractor,
        "folder of a finished run on pictures of this size, by whose encoder made pictures are "
        "compared with the validation pictures (generator/fid); empty: they are not");
  visit("scored", config.scored, "pictures of each kind that are compared, if there are as many",
        between(20, 50'000));
}

/// What a label curve compares. Part of the file format; do not rename.
enum class Model {
  self_supervised_frozen,         ///< linear probe on the pre-trained encoder
  self_supervised_finetuned,      ///< the pre-trained encoder, trained on as [finetune] says
  autoencoder,                    ///< linear probe on the same encoder trained by reconstruction
  supervised,                     ///< the same encoder from scratch, on the labels only
  random_encoder,                 ///< linear probe on the encoder as initialised
  random_forest,                  ///< classical features (of a table: its fields, of a picture: its
                                  ///< pixels, of a clip: grey pixels of a frame), random forest
  self_supervised_forest,         ///< random forest on the pre-trained encoder's features
  self_supervised_and_classical,  ///< random forest on these beside the classical ones
  logistic_regression,            ///< linear probe on the classical features
  self_supervised_knn,            ///< nearest neighbours on the pre-trained encoder's features
  mean_colour,  ///< random forest on the mean of each channel: how far a shortcut leads
  timestamp,    ///< random forest on when a row was recorded: how far a shortcut leads
};
inline std::vector<std::string> names(Model) {
  return {"self_supervised_frozen",
          "self_supervised_finetuned",
          "autoencoder",
          "supervised",
          "random_encoder",
          "random_forest",
          "self_supervised_forest",
          "self_supervised_and_classical",
          "logistic_regression",
          "self_supervised_knn",
          "mean_colour",
          "timestamp"};
}

/// What forest and logistic regression see of signals.
enum class Classical {
  motion,  ///< motion_features()
  heart    ///< heart_features()
};
inline std::vector<std::string> names(Classical) { return {"motion", "heart"}; }

struct CurveConfig {
  std::vector<LabelCount> labels_per_class{{2}, {5}, {10}, {50}, {100}, {.all = true}};
  std::vector<Model> models{Model::self_supervised_frozen,
                            Model::self_supervised_finetuned,
                            Model::autoencoder,
                            Model::supervised,
                            Model::random_encoder,
                            Model::random_forest};
  Metric metric = Metric::weighted_f1;
  LabelUnit unit = LabelUnit::row;
  Classical classical = Classical::motion;
  int64_t seeds = 5;           ///< draws of labels, initial heads and supervised networks
  int64_t pretrain_seeds = 1;  ///< encoders pre-trained; the seeds share them in turn
  std::vector<std::string> pretrained{};  ///< folders of pretrain runs whose encoders serve instead
  std::vector<double> unlabelled{1};      ///< shares of what encoders learn from without labels
  SubsetBy unlabelled_by = SubsetBy::row;
};
template <class Visitor>
void describe(Visitor& visit, CurveConfig& config) {
  visit(
      "labels_per_class", config.labels_per_class,
      "labelled rows a class (in all where labels are numbers): a number, a share like \"1%\", or "
      "\"all\"");
  visit("models", config.models, "what is compared");
  visit("metric", config.metric,
        "what curve and comparison are drawn of, r2 where labels are numbers; all are measured");
  visit("unit", config.unit,
        "what one label is of: a row, or all windows of a recording, by which labels are then "
        "counted and scored");
  visit("classical", config.classical,
        "what forest and logistic regression see of signals: features of moving sensors, or of "
        "electrocardiograms");
  visit("seeds", config.seeds, "draws of labels, heads and supervised networks", at_least(1));
  visit("pretrain_seeds", config.pretrain_seeds,
        "encoders pre-trained from different seeds; the draws share them in turn", at_least(1));
  visit("pretrained", config.pretrained,
        "folders of pretrain runs, on these or other data, whose encoders the draws share in turn; "
        "empty: pre-train");
  visit("unlabelled", config.unlabelled,
        "shares of the rows that encoders learn from without labels, 1 for all; with several the "
        "score is also measured against them, with epochs in inverse proportion",
        between(1e-6, 1));
  visit("unlabelled_by", config.unlabelled_by,
        "what a share is of: rows, whole people, or recordings and stretches of them");
}

/// Everything a run does, as one document.
struct Recipe {
  std::string title = "Untitled";
  uint64_t seed = 1;
  DataConfig data;
  MethodChoice method;
  EncoderChoice encoder;
  TrainConfig train;
  LinearProbeConfig probe;
  KnnConfig knn;
  OnlineConfig online;
  GeneratorConfig generator;
  FinetuneConfig finetune;
  FinetuneConfig supervised{.update = Update::all};
  PersonalizeConfig personalize;
  CurveConfig curve;
};
template <class Visitor>
void describe(Visitor& visit, Recipe& recipe) {
  visit("title", recipe.title, "of the report");
  visit("seed", recipe.seed, "from which every random draw follows", at_least(0));
  visit("data", recipe.data, "what to learn from");
  visit("method", recipe.method, "how to learn without labels");
  visit("encoder", recipe.encoder, "what is trained");
  visit("train", recipe.train, "how it is trained");
  visit("probe", recipe.probe, "linear probe, or ridge regression, on frozen features");
  visit("knn", recipe.knn, "nearest neighbours on frozen features");
  visit("online", recipe.online, "probes of the features while pre-training");
  visit("generator", recipe.generator, "looks at what a generator makes while it is trained");
  visit("finetune", recipe.finetune, "training the pre-trained encoder on labels");
  visit("supervised", recipe.supervised, "training a fresh encoder on labels");
  visit("personalize", recipe.personalize, "fitting the fine-tuned model to one new person");
  visit("curve", recipe.curve, "score against number of labels");
}

/// The recipe in a TOML file, or one that comes with Tacit when `name` is no file
/// ("har_simulated"), with "key=value" overrides applied in order. A recipe may say `extends =
/// "other.toml"`, a file beside it or one that comes with Tacit, and then only what differs. Throws
/// ConfigError.
Recipe load_recipe(const std::string& name, const std::vector<std::string>& overrides);

/// Names of the recipes that come with Tacit.
std::vector<std::string> builtin_recipes();

}  // namespace tacit
