// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/spec.h"
#include "tacit/transforms/image_colour.h"
#include "tacit/transforms/image_crop.h"

/// Changes of clips: x [N, C, T, H, W] float, on any device; all throw ShapeError otherwise.
/// Results are new, contiguous and without gradient history, unless it says otherwise. What is
/// drawn does not depend on the device.
namespace tacit {

/// Throws ShapeError unless x is a batch of clips: [N, C, T, H, W] float, with frames and pixels.
void require_clips(const Tensor& x, std::string_view name);

/// A transform of images for clips, with one draw for all frames of a clip, as if a camera had been
/// moved: for those that treat the channels of an image alike.
Transform for_whole_clips(Transform of_images);

/// A transform of images for clips, with a draw for each frame, as if every frame were an image of
/// its own. Which draw a frame gets does not depend on how many processes share a batch.
Transform for_each_frame(Transform of_images);

/// Of clips whose black is -1 and whose white is 1. Sizes are those of Han, Xie & Zisserman 2019,
/// "Video Representation Learning by Dense Predictive Coding", arXiv:1909.04656, section 4, and
/// of the authors' code.
struct ClipTransformationsConfig {
  ResizedCropConfig resized_crop{.scale_low = 0.5};
  RandomCropConfig random_crop{.fill = -1};
  FlipConfig flip{};
  ColourJitterConfig colour_jitter{.brightness = 0.5,
                                   .contrast = 0.5,
                                   .saturation = 0.5,
                                   .hue = 0.25,
                                   .probability = 1,
                                   .low = -1};
  GreyConfig grey{.probability = 0.5};
};
template <class Visitor>
void describe(Visitor& visit, ClipTransformationsConfig& config) {
  visit("resized_crop", config.resized_crop, "a box, enlarged; the same for all frames of a clip");
  visit("random_crop", config.random_crop, "shifted, within a border; the same for all frames");
  visit("flip", config.flip, "left for right; the same for all frames");
  visit("colour_jitter", config.colour_jitter,
        "brightness, contrast, saturation and hue; drawn for each frame");
  visit("grey", config.grey, "without colours; drawn for each frame");
}

/// resized_crop, random_crop, flip, colour_jitter, grey, in this order: the first three alike for
/// all frames of a clip, the last two drawn for each frame, so that colours cannot tell which
/// frames belong together. The names are part of the file format; do not rename. Where left and
/// right mean something, as for a steering wheel, do not choose flip. Throws ConfigError where a
/// low end exceeds its high one.
std::vector<NamedTransform> clip_transformations(const ClipTransformationsConfig& config = {});

/// Those of clip_transformations() that are named, one after the other. `names` is the recipe's
/// method.augment. Throws ConfigError for an unknown name or a low end that exceeds its high one,
/// ShapeError where rows of `spec` are not clips or one cannot take them.
Transform clip_augmentation(const ClipTransformationsConfig& config,
                            const std::vector<std::string>& names, const Spec& spec);

/// The frames of each clip at its own times. times: [N, S] int64 in 0 … T-1, on any device ->
/// [N, C, S, H, W], not contiguous.
Tensor frames_at(const Tensor& x, const Tensor& times);

}  // namespace tacit
