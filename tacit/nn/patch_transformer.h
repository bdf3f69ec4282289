// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/nn/pooling.h"
#include "tacit/nn/token_encoder.h"
#include "tacit/nn/transformer.h"

namespace tacit {

struct PatchTransformerConfig {
  int64_t patch_length = 16;  ///< samples of a token
  int64_t patch_stride = 16;  ///< samples from one token to the next
  int64_t width = 96;         ///< numbers of a token
  int64_t depth = 3;          ///< transformer blocks
  int64_t heads = 4;          ///< of attention
  int64_t hidden = 192;       ///< width of a block's dense layer
  Pooling pooling = Pooling::mean;
};
template <class Visitor>
void describe(Visitor& visit, PatchTransformerConfig& config) {
  visit("patch_length", config.patch_length, "samples that make a token", at_least(1));
  visit("patch_stride", config.patch_stride,
        "samples from the start of a token to that of the next; below patch_length they overlap",
        at_least(1));
  visit("width", config.width, "numbers of a token, a multiple of heads", at_least(1));
  visit("depth", config.depth, "number of transformer blocks", at_least(1));
  visit("heads", config.heads, "attention heads of a block", at_least(1));
  visit("hidden", config.hidden, "width of a block's dense layer", at_least(1));
  visit("pooling", config.pooling, "statistics over tokens that make up the features");
}

/// A transformer on patches: all channels of a stretch of time make a token by one linear map,
/// fixed sines tell positions, pre-norm blocks and a last layer normalisation follow, then pooling
/// over tokens. Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", arXiv:2010.11929,
/// section 3.1; for time series Nie et al. 2023, "A Time Series is Worth 64 Words" (PatchTST),
/// arXiv:2211.14730.
///
/// Differs from the papers: a token holds all channels (PatchTST's one each), no class token,
/// positions are not learned, no dropout, and far smaller. Samples behind the last whole patch are
/// not seen.
class PatchTransformer final : public TokenEncoder {
 public:
  /// Throws ConfigError when a row is shorter than a patch or heads do not divide width.
  PatchTransformer(const PatchTransformerConfig& config, const Spec& spec, const Rng& rng);
  Tensor embed(const Tensor& x) const override;
  Tensor encode(const Tensor& tokens) const override;
  Tensor pool_tokens(const Tensor& tokens) const override { return pool(tokens, config_.pooling); }
  PatchGrid patches() const override;
  int64_t width() const override { return config_.width; }
  int64_t features() const override { return config_.width * statistics(config_.pooling); }
  std::vector<Tensor> last_block() override;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  PatchTransformerConfig config_;
  Tensor weight_, bias_;  // [D, C, patch_length], [D]
  Tensor positions_;      // [L, D]
  std::vector<std::shared_ptr<TransformerBlock>> blocks_;
  std::shared_ptr<LayerNorm> norm_;
};

}  // namespace tacit
