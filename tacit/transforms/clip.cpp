// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/clip.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/index.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <utility>

#include "tacit/core/error.h"

namespace tacit {

void require_clips(const Tensor& x, std::string_view name) {
  require<ShapeError>(
      x.dim() == 5 && x.size(1) > 0 && x.size(2) > 0 && x.size(3) > 0 && x.size(4) > 0,
      "{}: x must be clips, [N, C, T, H, W], but it is {}", name, x.sizes());
  require<ShapeError>(x.scalar_type() == at::kFloat, "{}: x must be float, but it is {}", name,
                      c10::toString(x.scalar_type()));
}

Transform for_whole_clips(Transform of_images) {
  return [of_images = std::move(of_images)](const Tensor& x, Rng& rng) {
    require_clips(x, "for_whole_clips");
    return of_images(x.detach().flatten(1, 2), rng).view(x.sizes());
  };
}

Transform for_each_frame(Transform of_images) {
  return [of_images = std::move(of_images)](const Tensor& x, Rng& rng) {
    require_clips(x, "for_each_frame");
    const Rng base = rng.split();
    std::vector<Tensor> frames;
    for (int64_t time = 0; time < x.size(2); ++time) {
      Rng draws = base.stream(static_cast<uint64_t>(time));  // its rows are the clips
      frames.push_back(of_images(x.detach().select(2, time), draws));
    }
    return at::stack(frames, 2);
  };
}

std::vector<NamedTransform> clip_transformations(const ClipTransformationsConfig& config) {
  return {{"resized_crop", for_whole_clips(random_resized_crop(config.resized_crop))},
          {"random_crop", for_whole_clips(random_crop(config.random_crop))},
          {"flip", for_whole_clips(horizontal_flip(config.flip))},
          {"colour_jitter", for_each_frame(colour_jitter(config.colour_jitter))},
          {"grey", for_each_frame(grey(config.grey))}};
}

Transform clip_augmentation(const ClipTransformationsConfig& config,
                            const std::vector<std::string>& names, const Spec& spec) {
  require<ShapeError>(spec.shape.size() == 4,
                      "rows must be clips [C, T, H, W], but here they are {}",
                      c10::IntArrayRef(spec.shape));
  std::vector<Transform> steps;
  for (NamedTransform& one : choose(clip_transformations(config), names, "method.augment"))
    steps.push_back(std::move(one.apply));
  Transform augment = chain(std::move(steps));
  Rng trial(0);  // says now what cannot be done, not at the first step
  augment(at::zeros({1, spec.shape[0], spec.shape[1], spec.shape[2], spec.shape[3]}), trial);
  return augment;
}

Tensor frames_at(const Tensor& x, const Tensor& times) {
  require_clips(x, "frames_at");
  require<ShapeError>(
      times.dim() == 2 && times.size(0) == x.size(0) && times.scalar_type() == at::kLong,
      "frames_at: times must be [{}, S] int64, but they are {} {}", x.size(0), times.sizes(),
      c10::toString(times.scalar_type()));
  const Tensor when = times.to(x.device());
  const Tensor rows = at::arange(x.size(0), when.options()).unsqueeze(1);  // [N, 1]
  return at::index(x.detach().transpose(1, 2), {rows, when}).transpose(1, 2);
}

}  // namespace tacit
