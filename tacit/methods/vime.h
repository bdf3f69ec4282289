// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/losses/field_losses.h"
#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"
#include "tacit/nn/table_encoder.h"

namespace tacit {

struct VimeConfig {
  double mask = 0.3;   ///< p_m, the share of cells that are swapped
  double alpha = 2;    ///< weight of the reconstruction beside that of the mask, 1
  int64_t hidden = 0;  ///< width of each head's hidden layer; 0: linear heads
};
template <class Visitor>
void describe(Visitor& visit, VimeConfig& config) {
  visit("mask", config.mask, "share of cells that take another row's value in the same column",
        between(0, 1));
  visit("alpha", config.alpha, "weight of telling the clean cells, where telling the mask weighs 1",
        at_least(0));
  visit("hidden", config.hidden, "width of each head's hidden layer; 0: linear heads", at_least(0));
}

/// In which columns two versions of rows differ: [N, columns] float 0 or 1. Missing equals missing;
/// a column of several fields differs when any of them does. a, b: [N, F].
Tensor differing_columns(const Tensor& a, const Tensor& b, const std::vector<Field>& fields);

/// VIME: Yoon, Zhang, Jordon & van der Schaar 2020, "VIME: Extending the Success of Self- and
/// Semi-supervised Learning to Tabular Domain", NeurIPS 2020, and the authors' code
/// (jsyoon0823/VIME), whose main_vime.py has the defaults of mask and alpha; heads of one layer are
/// from memory of vime_self.py.
///
/// Some cells of a row take other rows' values. From the code of that noisy row one head must tell
/// which cells do not belong (binary cross-entropy, the mean over cells) and another what all cells
/// were; the loss is the first plus alpha times the second. As in their code, a cell that was
/// swapped for an equal value counts as its own. Parts: "mask", "reconstruction".
///
/// Differs from the paper: the reconstruction is a squared error of numbers and a cross-entropy of
/// categories, the mean over columns, instead of a squared error of one-hots; missing numbers count
/// in none. Each cell draws its donor among the other rows of the joint batch, where their code
/// shuffles columns and may return a row its own value. This is their first, self-supervised part;
/// their second looks at labels: see ConsistencyConfig.
class Vime final : public Method {
 public:
  static constexpr const char* kName = "vime";
  static constexpr const char* kTitle = "VIME, finding swapped cells of tables";
  static constexpr const char* kPaper = "Yoon et al. 2020, NeurIPS";
  using Config = VimeConfig;

  /// Throws ConfigError when the encoder is none of tables.
  Vime(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }
  std::shared_ptr<MlpHead> cell_decoder() override { return decoder_; }

 private:
  double mask_, alpha_;
  FieldOutputs layout_;
  std::shared_ptr<TableEncoder> encoder_;
  std::shared_ptr<MlpHead> mask_head_;  // logits, one a column
  std::shared_ptr<MlpHead> decoder_;
};

}  // namespace tacit
