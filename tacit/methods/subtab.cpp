// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/subtab.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tacit/dist/rows.h"
#include "tacit/losses/nt_xent.h"
#include "tacit/transforms/corrupt.h"

namespace tacit {
namespace {

constexpr double kShortest = 1e-12;  // a vector of length 0 has no direction; it stays 0

Tensor unit(const Tensor& x) { return x / x.norm(2, {1}, /*keepdim=*/true).clamp_min(kShortest); }

/// [subsets, F] bool.
Tensor shown_fields(const SubtabConfig& config, const std::vector<Field>& fields) {
  const std::vector<int64_t> column = column_of(fields);
  const int64_t columns = column.empty() ? 0 : column.back() + 1;
  require<ConfigError>(config.subsets <= columns,
                       "method.subsets = {} but the table has {} columns; ask for fewer subsets",
                       config.subsets, columns);
  const Tensor shown = at::zeros({config.subsets, static_cast<int64_t>(column.size())}, at::kBool);
  bool* out = shown.mutable_data_ptr<bool>();
  for (const auto& [first, last] : column_subsets(columns, config.subsets, config.overlap))
    for (const int64_t own : column) *out++ = first <= own && own < last;
  return shown;
}

/// [F]: missing, for each field.
Tensor hidden_fields(const std::vector<Field>& fields) {
  const Tensor hidden = at::empty({static_cast<int64_t>(fields.size())});
  float* out = hidden.mutable_data_ptr<float>();
  for (const Field& field : fields)
    *out++ = field.codes > 0 ? 0 : std::numeric_limits<float>::quiet_NaN();
  return hidden;
}

}  // namespace

std::vector<std::pair<int64_t, int64_t>> column_subsets(int64_t columns, int64_t subsets,
                                                        double overlap) {
  const int64_t more =
      std::llround(overlap * static_cast<double>(columns) / static_cast<double>(subsets));
  std::vector<std::pair<int64_t, int64_t>> all;
  for (int64_t i = 0; i < subsets; ++i) {
    const int64_t first = i * columns / subsets, last = (i + 1) * columns / subsets;
    if (i == 0)
      all.emplace_back(first, std::min(last + more, columns));
    else
      all.emplace_back(std::max<int64_t>(first - more, 0), last);
  }
  return all;
}

Subtab::Subtab(const Config& config, const Ingredients& ingredients)
    : config_(config), layout_(ingredients.spec.fields) {
  encoder_ = register_module("encoder", require_table_encoder(ingredients.encoder, kName));
  shown_ = shown_fields(config, layout_.fields());
  hidden_ = hidden_fields(layout_.fields());
  decoder_ = register_module(
      "decoder", std::make_shared<MlpHead>(encoder_->code_width(), config.hidden, layout_.size(),
                                           ingredients.rng.stream("decoder")));
  if (config.distance_weight > 0 || config.contrastive_weight > 0)
    projector_ = register_module(
        "projector", std::make_shared<Projector>(encoder_->code_width(), config.projector,
                                                 ProjectorNormalization::none,
                                                 ingredients.rng.stream("projector")));
}

Tensor Subtab::views(const Tensor& x, Step& step) const {
  const Donors donors{step.world.gather(x), first_own_row(x, step.world)};
  const Tensor shown = shown_.to(x.device()), hidden = hidden_.to(x.device());
  std::vector<Tensor> views;  // [N, F] each
  for (int64_t i = 0; i < config_.subsets; ++i) {
    const CorruptConfig noise{.swap = config_.swap, .hide = 0};
    const Tensor noisy = corrupt(x, layout_.fields(), noise, donors, step.rng).x;
    views.push_back(at::where(shown[i], noisy, hidden));
  }
  return at::cat(views);
}

void Subtab::add_terms_on_pairs(Loss& loss, const Tensor& code, Step& step) const {
  if (projector_ == nullptr) return;
  const std::vector<Tensor> projected =  // [N, P] each
      unit(projector_->forward(code, step.world)).chunk(config_.subsets);
  const double pairs = static_cast<double>(config_.subsets * (config_.subsets - 1)) / 2;
  Tensor distance = at::zeros({}, code.options()), contrast = at::zeros({}, code.options());
  for (size_t i = 0; i < projected.size(); ++i)
    for (size_t j = i + 1; j < projected.size(); ++j) {
      const Tensor apart = (projected[i] - projected[j]).square().sum(1);  // [N]
      distance = distance + mean_over_rows(apart, step.world) / pairs;
      if (config_.contrastive_weight == 0) continue;
      const Loss picked = nt_xent(projected[i], projected[j], config_.temperature, step.world);
      contrast = contrast + picked.total / pairs;
    }
  loss.total = loss.total + config_.distance_weight * distance;
  loss.parts.emplace_back("distance", distance);
  if (config_.contrastive_weight == 0) return;
  loss.total = loss.total + config_.contrastive_weight * contrast;
  loss.parts.emplace_back("contrastive", contrast);
}

Loss Subtab::loss(const Batch& batch, Step& step) {
  const Tensor code = encoder_->code(views(batch.x, step));   // [subsets * N, D]
  const Tensor whole = batch.x.repeat({config_.subsets, 1});  // what each is to tell
  const Tensor told = field_losses(layout_, decoder_->forward(code), whole);
  const Tensor rebuilt = column_losses(layout_, told, whole, step.world).mean();
  Loss loss{rebuilt, {{"reconstruction", rebuilt}}};
  add_terms_on_pairs(loss, code, step);
  return loss;
}

}  // namespace tacit
