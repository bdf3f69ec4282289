// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/image.h"

namespace tacit {

std::vector<NamedTransform> image_transformations(const ImageTransformationsConfig& config) {
  return {{"resized_crop", random_resized_crop(config.resized_crop)},
          {"random_crop", random_crop(config.random_crop)},
          {"flip", horizontal_flip(config.flip)},
          {"colour_jitter", colour_jitter(config.colour_jitter)},
          {"grey", grey(config.grey)},
          {"blur", gaussian_blur(config.blur)},
          {"solarise", solarise(config.solarise)}};
}

}  // namespace tacit
