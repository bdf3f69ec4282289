// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/video_transformer.h"

namespace tacit {
namespace {

PatchGrid grid_of(const VideoTransformerConfig& config, const Spec& spec) {
  require<ShapeError>(spec.shape.size() == 4,
                      "video_transformer: rows must be clips [C, T, H, W], but here they are {}",
                      c10::IntArrayRef(spec.shape));
  const int64_t time = spec.shape[1], height = spec.shape[2], width = spec.shape[3];
  require<ConfigError>(
      time % config.frames == 0 && height % config.patch == 0 && width % config.patch == 0,
      "clips of {} frames of {} x {} pixels are not made of whole patches of encoder.frames = {} "
      "and encoder.patch = {}; choose divisors",
      time, height, width, config.frames, config.patch);
  const int64_t times = time / config.frames, columns = width / config.patch;
  return {.length = config.patch,
          .stride = config.patch,
          .count = times * (height / config.patch) * columns,
          .columns = columns,
          .frames = config.frames,
          .times = times};
}

}  // namespace

VideoTransformer::VideoTransformer(const VideoTransformerConfig& config, const Spec& spec,
                                   const Rng& rng)
    : VisionTransformer({.width = config.width,
                         .depth = config.depth,
                         .heads = config.heads,
                         .hidden = config.hidden,
                         .pooling = config.pooling,
                         .cell_rows = config.grid_rows,
                         .cell_columns = config.grid_columns},
                        grid_of(config, spec), spec.shape.at(0), rng) {}

}  // namespace tacit
