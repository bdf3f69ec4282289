// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/ts2vec.h"

#include <ATen/ops/empty.h>

#include "tacit/transforms/crops.h"

namespace tacit {
namespace {

/// Steps that two crops share at least: two of those that are told apart.
int64_t least_shared(const Ts2vecConfig& config) {
  return int64_t{2} << config.contrast.temporal_unit;
}

/// [N, T] bool, each step false with that chance.
Tensor draw_seen(int64_t rows, int64_t steps, double hidden, Rng& rng) {
  const Tensor seen = at::empty({rows, steps}, at::kBool);
  bool* out = seen.mutable_data_ptr<bool>();
  const Rng base = rng.split();
  for (int64_t row = 0; row < rows; ++row) {
    Rng stream = base.row(row);
    for (int64_t i = 0; i < steps; ++i) *out++ = !stream.chance(hidden);
  }
  return seen;
}

}  // namespace

Ts2vec::Ts2vec(const Config& config, const Ingredients& ingredients) : config_(config) {
  encoder_ = register_module("encoder", require_steps(ingredients.encoder, kName));
  require<ConfigError>(ingredients.spec.shape.at(1) >= least_shared(config),
                       "windows of {} samples are too short for method.temporal_unit = {}, which "
                       "compares blocks in at least {}; lower it or lengthen the windows",
                       ingredients.spec.shape[1], config.contrast.temporal_unit,
                       least_shared(config));
}

Tensor Ts2vec::encode(const Tensor& crop, Rng& rng) const {
  if (!is_training()) return encoder_->encode_steps(crop, {});
  const Tensor seen = draw_seen(crop.size(0), crop.size(2), config_.mask, rng);
  return encoder_->encode_steps(crop, seen.to(crop.device()));
}

Loss Ts2vec::loss(const Batch& batch, Step& step) {
  const auto [first, second, shared] = overlapping_crops(batch.x, least_shared(config_), step.rng);
  const Tensor of_first = encode(first, step.rng);  // the order of draws is what a seed means
  const Tensor of_second = encode(second, step.rng);
  return hierarchical_contrast(of_first.slice(1, first.size(2) - shared),
                               of_second.slice(1, 0, shared), config_.contrast, step.world);
}

}  // namespace tacit
