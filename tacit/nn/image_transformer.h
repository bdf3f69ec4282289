// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/nn/pooling.h"
#include "tacit/nn/token_encoder.h"
#include "tacit/nn/transformer.h"

namespace tacit {

struct ImageTransformerConfig {
  int64_t patch = 4;     ///< pixels of a patch's side
  int64_t width = 192;   ///< numbers of a token
  int64_t depth = 12;    ///< transformer blocks
  int64_t heads = 3;     ///< of attention
  int64_t hidden = 768;  ///< width of a block's dense layer
  Pooling pooling = Pooling::mean;
};
template <class Visitor>
void describe(Visitor& visit, ImageTransformerConfig& config) {
  visit("patch", config.patch,
        "side of the square that makes a token, in pixels; divides the image's height and width",
        at_least(1));
  visit("width", config.width, "numbers of a token, a multiple of heads", at_least(1));
  visit("depth", config.depth, "number of transformer blocks", at_least(1));
  visit("heads", config.heads, "attention heads of a block", at_least(1));
  visit("hidden", config.hidden, "width of a block's dense layer", at_least(1));
  visit("pooling", config.pooling, "statistics over tokens that make up the features");
}

/// A transformer on the patches of an image: all pixels of a square make a token by one linear map,
/// fixed sines tell line and column, pre-norm blocks and a last layer normalisation follow, then
/// pooling over tokens. Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", arXiv:2010.11929,
/// section 3.1, as the encoder of He et al. 2022, "Masked Autoencoders Are Scalable Vision
/// Learners", arXiv:2111.06377. Sizes are those of DeiT-Ti, Touvron et al. 2021, arXiv:2012.12877,
/// table 1, with smaller patches for smaller images: 5,348,160 parameters for three channels.
///
/// Differs from the papers: no class token, positions are not learned, no dropout.
class ImageTransformer final : public TokenEncoder {
 public:
  /// Throws ShapeError when rows are not images, ConfigError when patches do not fill the image or
  /// heads do not divide width.
  ImageTransformer(const ImageTransformerConfig& config, const Spec& spec, const Rng& rng);
  Tensor embed(const Tensor& x) const override;
  Tensor encode(const Tensor& tokens) const override;
  Tensor pool_tokens(const Tensor& tokens) const override { return pool(tokens, config_.pooling); }
  PatchGrid patches() const override { return grid_; }
  int64_t width() const override { return config_.width; }
  int64_t features() const override { return config_.width * statistics(config_.pooling); }
  std::vector<Tensor> last_block() override;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  ImageTransformerConfig config_;
  PatchGrid grid_;
  Tensor weight_, bias_;  // [D, C * patch * patch], [D]
  Tensor positions_;      // [L, D]
  std::vector<std::shared_ptr<TransformerBlock>> blocks_;
  std::shared_ptr<LayerNorm> norm_;
};

}  // namespace tacit
