// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/image.h"

#include <ATen/ops/zeros.h>

#include <utility>

namespace tacit {

std::vector<NamedTransform> image_transformations(const ImageTransformationsConfig& config) {
  return {{"resized_crop", random_resized_crop(config.resized_crop)},
          {"random_crop", random_crop(config.random_crop)},
          {"flip", horizontal_flip(config.flip)},
          {"colour_jitter", colour_jitter(config.colour_jitter)},
          {"grey", grey(config.grey)},
          {"colour_drop", colour_drop(config.colour_drop)},
          {"blur", gaussian_blur(config.blur)},
          {"solarise", solarise(config.solarise)}};
}

Transform image_augmentation(const ImageTransformationsConfig& config,
                             const std::vector<std::string>& names, const std::string& field,
                             const Spec& spec) {
  const std::vector<int64_t>& shape = spec.shape;
  require<ShapeError>(shape.size() == 3, "rows must be images [C, H, W], but here they are {}",
                      c10::IntArrayRef(shape));
  std::vector<Transform> steps;
  for (NamedTransform& one : choose(image_transformations(config), names, field))
    steps.push_back(std::move(one.apply));
  Transform augment = chain(std::move(steps));
  Rng trial(0);  // says now what cannot be done, not at the first step
  augment(at::zeros({1, shape[0], shape[1], shape[2]}), trial);
  return augment;
}

}  // namespace tacit
