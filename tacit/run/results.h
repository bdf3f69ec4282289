// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/json.h"
#include "tacit/core/spec.h"
#include "tacit/data/examples.h"
#include "tacit/evaluate/metrics.h"

namespace tacit {

/// What a curve is drawn of; larger is better. Part of the file format; do not rename.
enum class Metric { weighted_f1, macro_f1, accuracy, kappa, auroc, r2, correlation };
inline std::vector<std::string> names(Metric) {
  return {"weighted_f1", "macro_f1", "accuracy", "kappa", "auroc", "r2", "correlation"};
}
/// What it is a metric of.
inline Target target_of(Metric metric) {
  return metric == Metric::r2 || metric == Metric::correlation ? Target::number : Target::category;
}

/// One trained model of a label curve.
struct Cell {
  int64_t fold = 0, seed = 0;
  std::string labels;  ///< a class, or in all of numbers: "10" or "all"
  std::string model;   ///< name of a Model

  std::string key() const;  ///< "fold/seed/labels/model"
};

/// What was measured of one: how its test rows were called.
struct Outcome {
  Tensor confusion;                       ///< [K, K] int64; undefined of numbers
  double auroc;                           ///< NaN where it is not defined
  std::optional<NumberScores> numbers{};  ///< where labels are numbers

  /// truth: [N] int64; answers: [N, K] probabilities, whose largest names the class. Or both [N]
  /// float, numbers.
  static Outcome of(const Tensor& truth, const Tensor& answers);
  /// By the name of the metric, those that are defined.
  std::map<std::string, double> measures() const;
};

/// cells.json of a run: the outcome of each cell that is done, so that an interrupted curve goes on
/// where it was.
class Cells {
 public:
  /// Throws StateError when the file is damaged.
  explicit Cells(std::filesystem::path file);
  bool contains(const Cell& cell) const { return outcomes_.contains(cell.key()); }
  /// Throws StateError when the file cannot be written.
  void record(const Cell& cell, const Outcome& outcome);
  /// Throws StateError when it was not recorded.
  Outcome outcome(const Cell& cell) const;
  /// Drops what was measured with these labels and this model.
  void forget(const std::string& labels, const std::string& model);
  std::vector<std::string> labels() const;  ///< that occur, fewest first
  std::vector<std::string> models() const;  ///< that occur
  /// Of all cells with these labels and this model.
  std::vector<Outcome> outcomes(const std::string& labels, const std::string& model) const;
  /// What these measured, by seed: the mean over folds. Without seeds of which none is defined.
  std::map<int64_t, double> by_seed(const std::string& labels, const std::string& model,
                                    Metric metric) const;

 private:
  std::filesystem::path file_;
  Json outcomes_ = Json::object();
};

/// Whether it is one of the models that pre-training without labels serves.
bool is_self_supervised(const std::string& model);

/// Of a class, on average, or of all numbers: "10", or "1%" or "all" of labels_in_all.
double label_number(const std::string& labels, double labels_in_all);

/// results.json of a curve: every metric of every model and number of labels with its spread over
/// cells, how many labels supervised training needs for each self-supervised score, and the summed
/// confusion matrix of the best self-supervised model at the number of labels nearest ten, unless
/// labels are numbers. `metric` is what curves, comparisons and "best" are by.
Json summarize(const Cells& cells, const std::vector<std::string>& labels,
               const std::vector<std::string>& models, const std::vector<std::string>& classes,
               double labels_in_all, Metric metric = Metric::weighted_f1);

/// That metric of results.json as a table for a terminal: a line a model, a column a number of
/// labels, mean ± std.
std::string print_curve(const Json& results);

}  // namespace tacit
