// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/spec.h"
#include "tacit/transforms/image_colour.h"
#include "tacit/transforms/image_crop.h"

namespace tacit {

/// Of pictures whose black is -1 and whose white is 1, which is how encoders see them.
struct ImageTransformationsConfig {
  ResizedCropConfig resized_crop{};
  RandomCropConfig random_crop{.fill = -1};
  FlipConfig flip{};
  ColourJitterConfig colour_jitter{.low = -1};
  GreyConfig grey{};
  ColourDropConfig colour_drop{};
  GaussianBlurConfig blur{};
  SolariseConfig solarise{.low = -1};
};
template <class Visitor>
void describe(Visitor& visit, ImageTransformationsConfig& config) {
  visit("resized_crop", config.resized_crop, "a box, enlarged");
  visit("random_crop", config.random_crop, "shifted, within a border");
  visit("flip", config.flip, "left for right");
  visit("colour_jitter", config.colour_jitter, "brightness, contrast, saturation and hue");
  visit("grey", config.grey, "without colours");
  visit("colour_drop", config.colour_drop, "one of the colours in place of all");
  visit("blur", config.blur, "blurred");
  visit("solarise", config.solarise, "bright parts inverted");
}

/// resized_crop, random_crop, flip, colour_jitter, grey, colour_drop, blur, solarise, in this
/// order. The names are part of the file format; do not rename. Throws ConfigError where a low end
/// exceeds its high one.
std::vector<NamedTransform> image_transformations(const ImageTransformationsConfig& config = {});

/// Those of them that `names` lists, one after the other, of images `spec`; `field` is where the
/// names were set, such as "method.augment". Throws ConfigError for an unknown name,
/// ShapeError for rows that are not images or that a transformation cannot take.
Transform image_augmentation(const ImageTransformationsConfig& config,
                             const std::vector<std::string>& names, const std::string& field,
                             const Spec& spec);

}  // namespace tacit
