// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "tacit/losses/field_losses.h"
#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"
#include "tacit/nn/projector.h"
#include "tacit/nn/table_encoder.h"

namespace tacit {

struct SubtabConfig {
  int64_t subsets = 4;    ///< K
  double overlap = 0.75;  ///< of a subset with its neighbours, as a share of columns / subsets
  double swap = 0.15;     ///< share of cells that take another row's value
  int64_t hidden = 0;     ///< width of the decoder's hidden layer; 0: a linear decoder
  double distance_weight = 0, contrastive_weight = 0;
  std::vector<int64_t> projector{256, 256};  ///< widths, for those two; ours
  double temperature = 0.1;                  ///< tau; config/mnist.yaml of the authors
};
template <class Visitor>
void describe(Visitor& visit, SubtabConfig& config) {
  visit("subsets", config.subsets, "into which the columns are cut, each shown by itself",
        at_least(2));
  visit("overlap", config.overlap,
        "columns that a subset takes from its neighbour, as a share of columns / subsets",
        between(0, 1));
  visit("swap", config.swap, "share of cells that take another row's value in the same column",
        between(0, 1));
  visit("hidden", config.hidden, "width of the decoder's hidden layer; 0: a linear decoder",
        at_least(0));
  visit("distance_weight", config.distance_weight,
        "of the squared distance between the projections of a row's subsets", at_least(0));
  visit("contrastive_weight", config.contrastive_weight,
        "of picking the projection of a row's other subset among all rows'", at_least(0));
  visit("projector", config.projector,
        "widths of the dense layers between code and those two; empty: none", at_least(1));
  visit("temperature", config.temperature, "by which similarities are divided",
        between(0.001, 100));
}

/// Which columns each subset shows, as [first, last). The columns are cut into `subsets` stretches
/// of columns / subsets; each takes `overlap` times as many more, rounded, of those before it, the
/// first of those after it. subsets <= columns.
std::vector<std::pair<int64_t, int64_t>> column_subsets(int64_t columns, int64_t subsets,
                                                        double overlap);

/// SubTab: Ucar, Hajiramezanali & Edwards 2021, "SubTab: Subsetting Features of Tabular Data for
/// Self-Supervised Representation Learning", arXiv:2110.04361, and the authors' code
/// (AstraZeneca/SubTab, subset_generator and JointLoss).
///
/// The encoder sees each subset of a row's columns by itself, with some cells swapped; from each
/// code a decoder must tell the whole row. Two terms may be added on projections of unit length,
/// each the mean over pairs of subsets: their squared distance, and nt_xent. Parts:
/// "reconstruction", and where they weigh "distance" and "contrastive".
///
/// Differs from the paper: an encoder here takes rows of one width, so columns outside a subset are
/// hidden (a number missing, a category of code 0) instead of left out; and after training it sees
/// the whole row at once, where the paper averages the codes of subsets. The reconstruction is the
/// mean over columns (numbers by squared error, categories by cross-entropy, missing numbers in
/// none) instead of a sum of squares over one-hots: their weight 1 of the two terms is
/// about 1 / columns here. Both are off by default; in config/mnist.yaml they are on, with swap
/// 0.3. When columns / subsets is not whole, no column is left out.
class Subtab final : public Method {
 public:
  static constexpr const char* kName = "subtab";
  static constexpr const char* kTitle = "SubTab, rows of tables told from subsets of columns";
  static constexpr const char* kPaper = "Ucar et al. 2021, arXiv:2110.04361";
  using Config = SubtabConfig;

  /// Throws ConfigError when the encoder is none of tables or there are more subsets than columns.
  Subtab(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }
  std::shared_ptr<MlpHead> cell_decoder() override { return decoder_; }

 private:
  /// The rows as each subset shows them, one subset after the other: [subsets * N, F].
  Tensor views(const Tensor& x, Step& step) const;
  void add_terms_on_pairs(Loss& loss, const Tensor& code, Step& step) const;

  Config config_;
  FieldOutputs layout_;
  Tensor shown_;   // [subsets, F] bool
  Tensor hidden_;  // [F], what stands in cells that a subset does not show
  std::shared_ptr<TableEncoder> encoder_;
  std::shared_ptr<MlpHead> decoder_;
  std::shared_ptr<Projector> projector_;  // null when both terms weigh 0
};

}  // namespace tacit
