// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/masked_autoencoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
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

/// [N, L], all patches of each row, of a clip those of some squares before those of the others:
/// `first` squares, drawn at random, at all times.
Tensor random_places(int64_t rows, const PatchGrid& grid, int64_t first, Rng& rng) {
  const int64_t squares = grid.count / grid.times;
  const Tensor order = random_orders(rows, squares, rng);  // [N, squares]
  if (grid.times == 1) return order;
  const Tensor later = at::arange(grid.times, at::kLong).unsqueeze(1) * squares;  // [times, 1]
  const auto at_all_times = [&](const Tensor& some) {
    return (some.unsqueeze(1) + later).flatten(1);
  };
  return at::cat({at_all_times(order.slice(1, 0, first)), at_all_times(order.slice(1, first))}, 1);
}

/// Each patch to mean 0 and deviation 1, of a signal each of its channels by itself; patches:
/// [N, L, C * P].
Tensor normalize(const Tensor& patches, const PatchGrid& grid) {
  const int64_t together = grid.of_signal() ? grid.length : patches.size(2);
  const Tensor parts = patches.unflatten(2, {-1, together});  // [N, L, C, P] or [N, L, 1, C * P]
  const auto [variance, mean] =
      at::var_mean(parts, /*dim=*/{3}, /*correction=*/0, /*keepdim=*/true);
  return ((parts - mean) / (variance + kEpsilon).sqrt()).flatten(2);
}

std::string described(const PatchGrid& grid) {
  if (grid.of_signal())
    return text(
        "a window has {} of {} samples, one every {}; change the encoder's patch_length "
        "and patch_stride",
        grid.count, grid.length, grid.stride);
  return text("{} has {} of {} x {} pixels, one every {}; change encoder.patch",
              grid.of_clip() ? "a frame" : "an image", grid.count / grid.times, grid.length,
              grid.length, grid.stride);
}

/// Throws ConfigError unless patches can be hidden from each other.
void require_apart(const PatchGrid& grid) {
  require<ConfigError>(grid.stride >= grid.length && grid.count / grid.times >= 2,
                       "masked_autoencoder needs two patches or more that do not overlap, but {}",
                       described(grid));
}

}  // namespace

MaskedAutoencoder::MaskedAutoencoder(const Config& config, const Ingredients& ingredients)
    : target_(config.target) {
  encoder_ = register_module("encoder", require_tokens(ingredients.encoder, kName));
  const PatchGrid grid = encoder_->patches();
  require_apart(grid);
  const int64_t squares = grid.count / grid.times;
  const auto hidden = std::llround(config.mask * static_cast<double>(squares));
  visible_ = squares - std::clamp<int64_t>(hidden, 1, squares - 1);
  decoder_ = register_module(
      "decoder",
      std::make_shared<PatchDecoder>(
          config.decoder,
          PatchCodes{grid, encoder_->width(), ingredients.spec.shape.at(0) * grid.numbers()},
          ingredients.rng.stream("decoder")));
}

Loss MaskedAutoencoder::loss(const Batch& batch, Step& step) {
  const PatchGrid grid = encoder_->patches();
  const Tensor places =  // [N, L], visible ones first
      random_places(batch.size(), grid, visible_, step.rng).to(batch.x.device());
  const int64_t visible_count = visible_ * grid.times;
  const Tensor hidden = places.slice(1, visible_count);
  const Tensor visible = pick_tokens(encoder_->embed(batch.x), places.slice(1, 0, visible_count));
  const Tensor rebuilt = decoder_->forward(encoder_->encode(visible), places);  // [N, L, C * P]
  Tensor target = cut_patches(batch.x, grid);
  if (target_ == PatchTarget::normalized) target = normalize(target, grid);
  return {at::mse_loss(pick_tokens(rebuilt, hidden), pick_tokens(target, hidden)), {}};
}

}  // namespace tacit
