// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/speed_prediction.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>

#include "tacit/dist/rows.h"

namespace tacit {
namespace {

/// When the frames of each row are shown: [N, T / 2] int64 each.
struct Times {
  Tensor plain, fast;
};

Times draw_times(int64_t rows, int64_t time, Rng& rng) {
  const int64_t frames = time / 2;
  const Tensor starts = at::empty({2, rows, 1}, at::kLong);
  int64_t* plain = starts.mutable_data_ptr<int64_t>();
  const Rng base = rng.split();
  for (int64_t row = 0; row < rows; ++row) {
    Rng stream = base.row(row);
    plain[row] = stream.below(time - frames + 1);
    plain[rows + row] = stream.below(time - 2 * (frames - 1));
  }
  const Tensor steps = at::arange(frames, at::kLong);
  return {starts[0] + steps, starts[1] + 2 * steps};
}

}  // namespace

SpeedPrediction::SpeedPrediction(const Config& config, const Ingredients& ingredients)
    : augment_(clip_augmentation(config.clip, config.augment, ingredients.spec)) {
  require<ShapeError>(ingredients.spec.shape[1] >= 4,
                      "speed_prediction shows half of the frames of a clip, 2 or more, but clips "
                      "are {}; take longer ones",
                      c10::IntArrayRef(ingredients.spec.shape));
  encoder_ = register_module("encoder", ingredients.encoder);
  head_ = register_module("head", std::make_shared<MlpHead>(encoder_->features(), config.hidden, 2,
                                                            ingredients.rng.stream("head")));
}

Loss SpeedPrediction::loss(const Batch& batch, Step& step) {
  const Tensor clips = is_training() ? augment_(batch.x, step.rng) : batch.x;
  const Times times = draw_times(clips.size(0), clips.size(2), step.rng);
  const Tensor shown = at::cat(
      {frames_at(clips, times.plain), frames_at(clips, times.fast)});  // [2 N, C, T/2, H, W]
  const Tensor speeds =
      at::arange(2, clips.options().dtype(at::kLong)).repeat_interleave(clips.size(0));  // [2 N]
  const Tensor logits = head_->forward(encoder_->forward(shown));                        // [2 N, 2]
  const Tensor each = at::cross_entropy_loss(logits, speeds, {}, at::Reduction::None);
  const Tensor correct = (logits.argmax(1) == speeds).to(at::kFloat);
  return {mean_over_rows(each, step.world),
          {{"speed/accuracy", mean_over_rows(correct, step.world)}}};
}

}  // namespace tacit
