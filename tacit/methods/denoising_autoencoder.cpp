// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/denoising_autoencoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

#include "tacit/dist/rows.h"

namespace tacit {
namespace {

Tensor weights_of(const DenoisingAutoencoderConfig& config, const std::vector<Field>& fields,
                  std::vector<std::string>& columns) {
  std::vector<double> weights;
  for (const Field& field : fields) {
    if (!columns.empty() && columns.back() == field.column) continue;
    columns.push_back(field.column);
    weights.push_back(field.codes > 0 ? config.categorical_weight : config.numeric_weight);
  }
  require<ConfigError>(config.column_weights.is_object(),
                       "method.column_weights must be a table like {age = 2}, got {}",
                       config.column_weights.dump());
  for (const auto& [name, weight] : config.column_weights.items()) {
    const auto found = std::find(columns.begin(), columns.end(), name);
    require<ConfigError>(found != columns.end(), "method.column_weights: {}",
                         unknown_name("column", name, columns));
    require<ConfigError>(weight.is_number() && weight.get<double>() >= 0,
                         "method.column_weights.{} must be a number >= 0, got {}", name,
                         weight.dump());
    weights[static_cast<size_t>(found - columns.begin())] = weight.get<double>();
  }
  const Tensor all = at::tensor(weights, at::kFloat);
  require<ConfigError>(all.sum().item<double>() > 0, "method: every column's weight is 0");
  return all / all.sum();
}

}  // namespace

DenoisingAutoencoder::DenoisingAutoencoder(const Config& config, const Ingredients& ingredients)
    : noise_(config.noise), layout_(ingredients.spec.fields) {
  require<ConfigError>(noise_.swap + noise_.hide <= 1,
                       "method.swap and method.hide sum to {}, which is more than 1",
                       noise_.swap + noise_.hide);
  encoder_ = register_module("encoder", require_table_encoder(ingredients.encoder, kName));
  weights_ = weights_of(config, layout_.fields(), columns_);
  decoder_ = register_module(
      "decoder", std::make_shared<MlpHead>(encoder_->code_width(), config.hidden, layout_.size(),
                                           ingredients.rng.stream("decoder")));
}

Loss DenoisingAutoencoder::loss(const Batch& batch, Step& step) {
  const Donors donors{step.world.gather(batch.x), first_own_row(batch.x, step.world)};
  const Tensor noisy = corrupt(batch.x, layout_.fields(), noise_, donors, step.rng).x;
  const Tensor outputs = decoder_->forward(encoder_->code(noisy));
  const Tensor told = column_losses(layout_, field_losses(layout_, outputs, batch.x), batch.x,
                                    step.world);  // [columns]
  const Tensor weights = weights_.to(told.device());
  Loss loss{(told * weights).sum(), {}};
  for (size_t i = 0; i < columns_.size(); ++i)
    loss.parts.emplace_back("column/" + columns_[i], told[static_cast<int64_t>(i)]);
  if (!is_training()) {
    const Tensor copied = identity_losses(layout_, noisy, batch.x, step.world);
    loss.parts.emplace_back("identity", (copied * weights).sum());
    for (size_t i = 0; i < columns_.size(); ++i)
      loss.parts.emplace_back("identity/" + columns_[i], copied[static_cast<int64_t>(i)]);
  }
  return loss;
}

}  // namespace tacit
