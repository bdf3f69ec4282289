// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/masked_autoencoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/var_mean.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace tacit {
namespace {

constexpr double kEpsilon = 1e-6;  // keeps a patch that does not vary at 0

/// [N, L], each row an order of 0 … L-1 of its own.
Tensor random_orders(int64_t rows, int64_t count, Rng& rng) {
  const Tensor orders = at::empty({rows, count}, at::kLong);
  const Rng base = rng.split();
  for (int64_t row = 0; row < rows; ++row) {
    const std::span<int64_t> order(orders.mutable_data_ptr<int64_t>() + row * count,
                                   static_cast<size_t>(count));
    std::iota(order.begin(), order.end(), int64_t{0});
    Rng stream = base.row(row);
    stream.shuffle(order);
  }
  return orders;
}

/// Each patch to mean 0 and deviation 1, of a signal each of its channels by itself; patches:
/// [N, L, C * P].
Tensor normalize(const Tensor& patches, const PatchGrid& grid) {
  const int64_t together = grid.of_image() ? patches.size(2) : grid.length;
  const Tensor parts = patches.unflatten(2, {-1, together});  // [N, L, C, P] or [N, L, 1, C * P]
  const auto [variance, mean] =
      at::var_mean(parts, /*dim=*/{3}, /*correction=*/0, /*keepdim=*/true);
  return ((parts - mean) / (variance + kEpsilon).sqrt()).flatten(2);
}

/// Throws ConfigError unless patches can be hidden from each other.
void require_apart(const PatchGrid& grid) {
  const auto [length, stride, count, columns] = grid;
  require<ConfigError>(stride >= length && count >= 2,
                       "masked_autoencoder needs two patches or more that do not overlap, but {}",
                       grid.of_image()
                           ? text("an image has {} of {} x {} pixels, one every {}; change "
                                  "encoder.patch",
                                  count, length, length, stride)
                           : text("a window has {} of {} samples, one every {}; change the "
                                  "encoder's patch_length and patch_stride",
                                  count, length, stride));
}

}  // namespace

MaskedAutoencoder::MaskedAutoencoder(const Config& config, const Ingredients& ingredients)
    : target_(config.target) {
  encoder_ = register_module("encoder", require_tokens(ingredients.encoder, kName));
  const PatchGrid grid = encoder_->patches();
  require_apart(grid);
  const auto hidden = std::llround(config.mask * static_cast<double>(grid.count));
  visible_ = grid.count - std::clamp<int64_t>(hidden, 1, grid.count - 1);
  const int64_t values = grid.of_image() ? grid.length * grid.length : grid.length;  // of a channel
  decoder_ = register_module(
      "decoder", std::make_shared<PatchDecoder>(
                     config.decoder,
                     PatchCodes{grid, encoder_->width(), ingredients.spec.shape.at(0) * values},
                     ingredients.rng.stream("decoder")));
}

Loss MaskedAutoencoder::loss(const Batch& batch, Step& step) {
  const PatchGrid grid = encoder_->patches();
  const Tensor places =  // [N, L], visible ones first
      random_orders(batch.size(), grid.count, step.rng).to(batch.x.device());
  const Tensor hidden = places.slice(1, visible_);
  const Tensor visible = pick_tokens(encoder_->embed(batch.x), places.slice(1, 0, visible_));
  const Tensor rebuilt = decoder_->forward(encoder_->encode(visible), places);  // [N, L, C * P]
  Tensor target = cut_patches(batch.x, grid);
  if (target_ == PatchTarget::normalized) target = normalize(target, grid);
  return {at::mse_loss(pick_tokens(rebuilt, hidden), pick_tokens(target, hidden)), {}};
}

}  // namespace tacit
