// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/losses/field_losses.h"
#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"
#include "tacit/nn/table_encoder.h"
#include "tacit/transforms/corrupt.h"

namespace tacit {

struct DenoisingAutoencoderConfig {
  CorruptConfig noise{.swap = 0.15, .hide = 0.1};
  int64_t hidden = 0;  ///< width of the decoder's hidden layer; 0: a linear decoder
  double numeric_weight = 1, categorical_weight = 1;
  Json column_weights = Json::object();  ///< of single columns, in place of their kind's
};
template <class Visitor>
void describe(Visitor& visit, DenoisingAutoencoderConfig& config) {
  describe(visit, config.noise);
  visit("hidden", config.hidden, "width of the decoder's hidden layer; 0: a linear decoder",
        at_least(0));
  visit("numeric_weight", config.numeric_weight, "of each column of numbers or moments in the loss",
        at_least(0));
  visit("categorical_weight", config.categorical_weight, "of each column of categories",
        at_least(0));
  visit("column_weights", config.column_weights,
        "of single columns instead, as in {age = 2, income = 0.5}");
}

/// Denoising autoencoder on tables: Jahrer 2017, winner's solution of Porto Seguro's Safe Driver
/// Prediction (swap noise); Vincent et al. 2008; dfencoder 0.0.43 (columns of several kinds).
///
/// Cells of a row are swapped with other rows' of the batch or hidden; the last layer's code of the
/// noisy row must tell every cell of the clean one: a number by squared error, a category by
/// cross-entropy. The loss is the weighted mean over columns, so that no kind drowns another.
/// Reported: each column's loss, and in validation what copying the noisy input would cost.
///
/// Differs from them: cells may also be hidden, so that a missing cell is nothing new; rates are
/// exact and a cell never gets its own row's value; swapped values come from the batch, not from
/// all rows; missing numbers count in no loss.
class DenoisingAutoencoder final : public Method {
 public:
  static constexpr const char* kName = "denoising_autoencoder";
  static constexpr const char* kTitle = "Denoising autoencoder on tables";
  static constexpr const char* kPaper = "Jahrer 2017 (Porto Seguro); dfencoder 0.0.43";
  using Config = DenoisingAutoencoderConfig;

  /// Throws ConfigError when the encoder is none of tables, rates sum to more than 1, or a weight
  /// names no column.
  DenoisingAutoencoder(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

  std::shared_ptr<MlpHead> cell_decoder() override { return decoder_; }

 private:
  CorruptConfig noise_;
  FieldOutputs layout_;
  std::vector<std::string> columns_;  // names
  Tensor weights_;                    // [columns], sum 1
  std::shared_ptr<TableEncoder> encoder_;
  std::shared_ptr<MlpHead> decoder_;
};

}  // namespace tacit
