// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/scarf.h"

#include <ATen/ops/cat.h>

#include "tacit/dist/rows.h"
#include "tacit/losses/nt_xent.h"
#include "tacit/transforms/corrupt.h"

namespace tacit {

Scarf::Scarf(const Config& config, const Ingredients& ingredients)
    : share_(config.share), temperature_(config.temperature), fields_(ingredients.spec.fields) {
  encoder_ = register_module("encoder", require_table_encoder(ingredients.encoder, kName));
  projector_ = register_module("projector",
                               std::make_shared<Projector>(encoder_->code_width(), config.projector,
                                                           ProjectorNormalization::none,
                                                           ingredients.rng.stream("projector")));
}

Loss Scarf::loss(const Batch& batch, Step& step) {
  const Donors donors{step.world.gather(batch.x), first_own_row(batch.x, step.world)};
  const Tensor corrupted = swap_some(batch.x, fields_, share_, donors, step.rng).x;
  const Tensor code = encoder_->code(at::cat({batch.x, corrupted}));      // [2N, D]
  const auto projected = projector_->forward(code, step.world).chunk(2);  // [N, P] twice
  return nt_xent(projected[0], projected[1], temperature_, step.world);
}

}  // namespace tacit
