// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/image_transformer.h"

namespace tacit {
namespace {

PatchGrid grid_of(int64_t patch, const Spec& spec) {
  require<ShapeError>(spec.shape.size() == 3,
                      "image_transformer: rows must be images [C, H, W], but here they are {}",
                      c10::IntArrayRef(spec.shape));
  const int64_t height = spec.shape[1], width = spec.shape[2];
  require<ConfigError>(
      height % patch == 0 && width % patch == 0,
      "images of {} x {} pixels are not made of whole squares of encoder.patch = {}; choose a "
      "patch that divides both sides",
      height, width, patch);
  return {patch, patch, (height / patch) * (width / patch), width / patch};
}

}  // namespace

ImageTransformer::ImageTransformer(const ImageTransformerConfig& config, const Spec& spec,
                                   const Rng& rng)
    : VisionTransformer({.width = config.width,
                         .depth = config.depth,
                         .heads = config.heads,
                         .hidden = config.hidden,
                         .pooling = config.pooling},
                        grid_of(config.patch, spec), spec.shape.at(0), rng) {}

}  // namespace tacit
