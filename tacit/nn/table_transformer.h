// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/nn/field_tokens.h"
#include "tacit/nn/table_encoder.h"
#include "tacit/nn/transformer.h"

namespace tacit {

struct TableTransformerConfig {
  int64_t width = 64;    ///< numbers of a token
  int64_t depth = 3;     ///< transformer blocks
  int64_t heads = 4;     ///< of attention
  int64_t hidden = 128;  ///< width of a block's dense layer
  int64_t bins = 0;      ///< ramps for each number; 0: its value alone
  FeatureLayers features = FeatureLayers::last;
};
template <class Visitor>
void describe(Visitor& visit, TableTransformerConfig& config) {
  visit("width", config.width, "numbers of a token, a multiple of heads", at_least(1));
  visit("depth", config.depth, "number of transformer blocks", at_least(1));
  visit("heads", config.heads, "attention heads of a block", at_least(1));
  visit("hidden", config.hidden, "width of a block's dense layer", at_least(1));
  visit("bins", config.bins, "ramps for each number, beside its value; 0: none", between(0, 1000));
  visit("features", config.features,
        "the class token behind the last block, or the mean token of the row and the class token "
        "behind each block, side by side");
}

/// A transformer whose tokens are the fields of a row and a learned class token, which hears the
/// others in each block and is what the row comes to. FT-Transformer: Gorishniy, Rubachev, Khrulkov
/// & Babenko 2021, "Revisiting Deep Learning Models for Tabular Data", arXiv:2106.11959,
/// section 3.3.
///
/// Differs from the paper: GELU instead of ReGLU between a block's dense layers, so with
/// hidden = 2 width a block has as many weights as with the paper's 4/3 width; the first block
/// normalises its tokens, too; no dropout; far narrower (the paper's default has a width of 192);
/// missing numbers and ramps as in FieldTokens. The ReLU and dense layer behind the last
/// normalisation are the head's.
class TableTransformer final : public TableEncoder {
 public:
  /// Throws ConfigError when heads do not divide width or the rows are not of an encoded table.
  TableTransformer(const TableTransformerConfig& config, const Spec& spec, const Rng& rng);
  Tensor forward(const Tensor& x) override;
  /// x: [N, F] -> the mean of the fields' tokens as the first block sees them, then the class token
  /// behind each block, [N, D] each; the last one is normalised.
  std::vector<Tensor> layers(const Tensor& x) override;
  int64_t code_width() const override { return config_.width; }
  int64_t features() const override;
  std::vector<Tensor> last_block() override;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  TableTransformerConfig config_;
  std::shared_ptr<FieldTokens> tokens_;
  Tensor class_token_;  // [D]
  std::vector<std::shared_ptr<TransformerBlock>> blocks_;
  std::shared_ptr<LayerNorm> norm_;
};

}  // namespace tacit
