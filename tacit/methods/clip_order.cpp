// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/clip_order.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/relu.h>

#include <algorithm>
#include <numeric>

#include "tacit/dist/rows.h"

namespace tacit {
namespace {

std::vector<std::vector<int64_t>> all_orders(int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  std::vector<std::vector<int64_t>> all;
  do all.push_back(order);
  while (std::next_permutation(order.begin(), order.end()));
  return all;
}

}  // namespace

ClipOrder::ClipOrder(const Config& config, const Ingredients& ingredients)
    : config_(config),
      augment_(clip_augmentation(config.clip, config.augment, ingredients.spec)),
      orders_(all_orders(config.clips)) {
  const int64_t time = ingredients.spec.shape[1];
  const auto clips = static_cast<double>(config.clips);
  frames_ = static_cast<int64_t>(static_cast<double>(time) / (clips + (clips - 1) * config.gap));
  require<ConfigError>(frames_ >= 1,
                       "{} frames are too few for method.clips = {} clips with gaps of method.gap "
                       "= {} times their length; take longer rows or smaller gaps",
                       time, config.clips, config.gap);
  hop_ = frames_ + static_cast<int64_t>(config.gap * static_cast<double>(frames_));
  encoder_ = register_module("encoder", ingredients.encoder);
  const int64_t pairs = config.clips * (config.clips - 1) / 2;
  const auto dense = [&](const std::string& name, int64_t inputs, int64_t outputs) {
    return register_module(name, std::make_shared<MlpHead>(inputs, /*hidden=*/0, outputs,
                                                           ingredients.rng.stream(name)));
  };
  pair_ = dense("pair", 2 * encoder_->features(), config.hidden);
  head_ = dense("head", pairs * config.hidden, std::ssize(orders_));
}

ClipOrder::Drawn ClipOrder::draw(int64_t rows, int64_t time, Rng& rng) const {
  const int64_t begins = time - (config_.clips - 1) * hop_ - frames_ + 1;  // of the first clip
  Drawn drawn{at::empty({rows, config_.clips * frames_}, at::kLong), at::empty({rows}, at::kLong)};
  int64_t* out = drawn.times.mutable_data_ptr<int64_t>();
  const Rng base = rng.split();
  for (int64_t row = 0; row < rows; ++row) {
    Rng stream = base.row(row);
    const int64_t begin = stream.below(begins), which = stream.below(std::ssize(orders_));
    drawn.orders.mutable_data_ptr<int64_t>()[row] = which;
    for (const int64_t clip : orders_[static_cast<size_t>(which)])
      for (int64_t frame = 0; frame < frames_; ++frame) *out++ = begin + clip * hop_ + frame;
  }
  return drawn;
}

Loss ClipOrder::loss(const Batch& batch, Step& step) {
  const Tensor rows = is_training() ? augment_(batch.x, step.rng) : batch.x;
  const Drawn drawn = draw(rows.size(0), rows.size(2), step.rng);
  const Tensor clips = frames_at(rows, drawn.times)
                           .unflatten(2, {config_.clips, frames_})
                           .transpose(1, 2)
                           .flatten(0, 1);  // [N clips, C, F, H, W]
  const auto features = encoder_->forward(clips)
                            .unflatten(0, {rows.size(0), config_.clips})
                            .unbind(1);  // [N, D] each
  std::vector<Tensor> pairs;
  for (size_t second = 0; second < features.size(); ++second)
    for (size_t first = 0; first < second; ++first)
      pairs.push_back(at::relu(pair_->forward(at::cat({features[first], features[second]}, 1))));
  const Tensor said = at::dropout(at::cat(pairs, 1), config_.dropout, is_training());
  const Tensor logits = head_->forward(said);  // [N, orders]
  const Tensor wanted = drawn.orders.to(logits.device());
  const Tensor each = at::cross_entropy_loss(logits, wanted, {}, at::Reduction::None);
  const Tensor correct = (logits.argmax(1) == wanted).to(at::kFloat);
  return {mean_over_rows(each, step.world),
          {{"order/accuracy", mean_over_rows(correct, step.world)}}};
}

}  // namespace tacit
