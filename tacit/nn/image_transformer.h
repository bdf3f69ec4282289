// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/config.h"
#include "tacit/nn/vision_transformer.h"

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

/// A transformer on the patches of an image; see VisionTransformer. Sizes are those of DeiT-Ti,
/// Touvron et al. 2021, arXiv:2012.12877, table 1, with smaller patches for smaller images:
/// 5,348,160 parameters for three channels.
///
/// Differs from the papers: no class token, positions are not learned, no dropout.
class ImageTransformer final : public VisionTransformer {
 public:
  /// Throws ShapeError when rows are not images, ConfigError when patches do not fill the image or
  /// heads do not divide width.
  ImageTransformer(const ImageTransformerConfig& config, const Spec& spec, const Rng& rng);
};

}  // namespace tacit
