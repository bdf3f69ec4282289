// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/core/spec.h"

namespace tacit {

/// One trained classifier of a label curve.
struct Cell {
  int64_t fold = 0, seed = 0;
  std::string labels;  ///< a class: "10" or "all"
  std::string model;   ///< name of a Model

  std::string key() const;  ///< "fold/seed/labels/model"
};

/// cells.json of a run: the confusion matrix of each cell that is done, so that an interrupted
/// curve goes on where it was.
class Cells {
 public:
  /// Throws StateError when the file is damaged.
  explicit Cells(std::filesystem::path file);
  bool contains(const Cell& cell) const { return confusions_.contains(cell.key()); }
  /// confusion: [K, K] int64. Throws StateError when the file cannot be written.
  void record(const Cell& cell, const Tensor& confusion);
  /// [K, K]. Throws StateError when it was not recorded.
  Tensor confusion(const Cell& cell) const;
  /// Drops what was measured with these labels and this model.
  void forget(const std::string& labels, const std::string& model);
  std::vector<std::string> labels() const;  ///< that occur, fewest first
  std::vector<std::string> models() const;  ///< that occur
  /// Over all cells with these labels and this model: the confusion matrices, [K, K] each.
  std::vector<Tensor> confusions(const std::string& labels, const std::string& model) const;

 private:
  std::filesystem::path file_;
  Json confusions_ = Json::object();
};

/// results.json of a curve: every metric of every model and number of labels with its spread over
/// cells, how many labels supervised training needs for each self-supervised score, and the summed
/// confusion matrix of the best self-supervised model at the number of labels nearest ten.
Json summarize(const Cells& cells, const std::vector<std::string>& labels,
               const std::vector<std::string>& models, const std::vector<std::string>& classes,
               double labels_in_all);

/// The weighted F1 of results.json as a table for a terminal: a line a model, a column a number of
/// labels, mean ± std.
std::string print_curve(const Json& results);

}  // namespace tacit
