// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/vime.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/stack.h>

#include "tacit/dist/rows.h"
#include "tacit/transforms/corrupt.h"

namespace tacit {
namespace {

int64_t columns_of(const std::vector<Field>& fields) {
  return fields.empty() ? 0 : column_of(fields).back() + 1;
}

}  // namespace

Tensor differing_columns(const Tensor& a, const Tensor& b, const std::vector<Field>& fields) {
  const Tensor differs = a.ne(b).logical_and(a.isnan().logical_and(b.isnan()).logical_not());
  const std::vector<int64_t> column = column_of(fields);
  std::vector<Tensor> columns;  // [N] each
  for (size_t i = 0; i < column.size(); ++i) {
    const Tensor field = differs.select(1, static_cast<int64_t>(i));
    if (i > 0 && column[i] == column[i - 1])
      columns.back() = columns.back().logical_or(field);
    else
      columns.push_back(field);
  }
  return at::stack(columns, 1).to(at::kFloat);
}

Vime::Vime(const Config& config, const Ingredients& ingredients)
    : mask_(config.mask), alpha_(config.alpha), layout_(ingredients.spec.fields) {
  encoder_ = register_module("encoder", require_table_encoder(ingredients.encoder, kName));
  const auto head = [&](const char* name, int64_t outputs) {
    return register_module(name, std::make_shared<MlpHead>(encoder_->code_width(), config.hidden,
                                                           outputs, ingredients.rng.stream(name)));
  };
  mask_head_ = head("mask_head", columns_of(layout_.fields()));
  decoder_ = head("decoder", layout_.size());
}

Loss Vime::loss(const Batch& batch, Step& step) {
  const Donors donors{step.world.gather(batch.x), first_own_row(batch.x, step.world)};
  const Tensor noisy =
      corrupt(batch.x, layout_.fields(), {.swap = mask_, .hide = 0}, donors, step.rng).x;
  const Tensor code = encoder_->code(noisy);
  const Tensor swapped = differing_columns(batch.x, noisy, layout_.fields());  // [N, columns]
  const Tensor found = at::binary_cross_entropy_with_logits(mask_head_->forward(code), swapped, {},
                                                            {}, at::Reduction::None);
  const Tensor mask = mean_over_rows(found.mean(1), step.world);
  const Tensor told = field_losses(layout_, decoder_->forward(code), batch.x);  // [N, F]
  const Tensor rebuilt = column_losses(layout_, told, batch.x, step.world).mean();
  return {mask + alpha_ * rebuilt, {{"mask", mask}, {"reconstruction", rebuilt}}};
}

}  // namespace tacit
