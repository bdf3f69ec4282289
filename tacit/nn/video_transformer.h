// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/config.h"
#include "tacit/nn/vision_transformer.h"

namespace tacit {

struct VideoTransformerConfig {
  int64_t patch = 8;     ///< pixels of a patch's side
  int64_t frames = 2;    ///< that a patch spans
  int64_t width = 192;   ///< numbers of a token
  int64_t depth = 12;    ///< transformer blocks
  int64_t heads = 3;     ///< of attention
  int64_t hidden = 768;  ///< width of a block's dense layer
  Pooling pooling = Pooling::mean;
  int64_t grid_rows = 1;  ///< cells of the picture whose means are features of their own
  int64_t grid_columns = 1;
};
template <class Visitor>
void describe(Visitor& visit, VideoTransformerConfig& config) {
  visit("patch", config.patch,
        "side of the square that makes a token, in pixels; divides the height and width of frames",
        at_least(1));
  visit("frames", config.frames, "that it spans; divides the frames of a clip", at_least(1));
  visit("width", config.width, "numbers of a token, a multiple of heads", at_least(1));
  visit("depth", config.depth, "number of transformer blocks", at_least(1));
  visit("heads", config.heads, "attention heads of a block", at_least(1));
  visit("hidden", config.hidden, "width of a block's dense layer", at_least(1));
  visit("pooling", config.pooling, "statistics over tokens that make up the features");
  visit("grid_rows", config.grid_rows,
        "cells that the picture is cut into from top to bottom, each with features of its own: for "
        "what depends on where something is; a divisor of the lines of patches",
        at_least(1));
  visit("grid_columns", config.grid_columns, "likewise from left to right", at_least(1));
}

/// A transformer on the patches of a clip, squares of pixels over some frames, all of which attend
/// to all: Arnab et al. 2021, "ViViT", arXiv:2103.15691, sections 3.2 (tubelet embedding) and 3.3
/// (model 1), as the encoder of Tong et al. 2022, "VideoMAE", arXiv:2203.12602. See
/// VisionTransformer; a third of a position's numbers tells the time, the others line and column.
///
/// Differs from the papers: no class token, positions are not learned, no dropout, smaller.
class VideoTransformer final : public VisionTransformer {
 public:
  /// Throws ShapeError when rows are not clips, ConfigError when patches do not fill a clip, and as
  /// VisionTransformer does.
  VideoTransformer(const VideoTransformerConfig& config, const Spec& spec, const Rng& rng);
};

}  // namespace tacit
