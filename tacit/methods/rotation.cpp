// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/rotation.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>

#include "tacit/dist/rows.h"
#include "tacit/transforms/image_rotation.h"

namespace tacit {

Rotation::Rotation(const Config& config, const Ingredients& ingredients) {
  const std::vector<int64_t>& shape = ingredients.spec.shape;
  require<ShapeError>(shape.size() == 3 && shape[1] == shape[2],
                      "rotation turns square images, [C, H, H], but here rows are {}; cut or "
                      "enlarge them to squares",
                      c10::IntArrayRef(shape));
  augment_ = image_augmentation(config.image, config.augment, "method.augment", ingredients.spec);
  encoder_ = register_module("encoder", ingredients.encoder);
  head_ = register_module("head", std::make_shared<MlpHead>(encoder_->features(), config.hidden, 4,
                                                            ingredients.rng.stream("head")));
}

Loss Rotation::loss(const Batch& batch, Step& step) {
  const Rotations turned =
      four_rotations(is_training() ? augment_(batch.x, step.rng) : batch.x);  // [4 N, C, H, H]
  const Tensor logits = head_->forward(encoder_->forward(turned.x));          // [4 N, 4]
  const Tensor each = at::cross_entropy_loss(logits, turned.turns, {}, at::Reduction::None);
  const Tensor correct = (logits.argmax(1) == turned.turns).to(at::kFloat);
  return {mean_over_rows(each, step.world), {{"accuracy", mean_over_rows(correct, step.world)}}};
}

}  // namespace tacit
