// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/patch_decoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argsort.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include "tacit/core/error.h"
#include "tacit/nn/initialize.h"

namespace tacit {

PatchDecoder::PatchDecoder(const PatchDecoderConfig& config, const PatchCodes& codes,
                           const Rng& rng) {
  const int64_t width = config.width;
  missing_ = register_parameter("missing", at::empty({1, width}));
  initialize(*this, rng);
  positions_ = register_buffer("positions", patch_positions(codes.grid, width));
  adapt_ = register_module("adapt",
                           std::make_shared<MlpHead>(codes.width, 0, width, rng.stream("adapt")));
  for (int64_t index = 0; index < config.depth; ++index) {
    const std::string name = text("block{}", index + 1);
    blocks_.push_back(register_module(
        name, std::make_shared<TransformerBlock>(TransformerShape{width, config.heads, 2 * width},
                                                 rng.stream(name))));
  }
  norm_ = register_module("norm", std::make_shared<LayerNorm>(width));
  rebuild_ = register_module(
      "rebuild", std::make_shared<MlpHead>(width, 0, codes.samples, rng.stream("rebuild")));
}

Tensor PatchDecoder::forward(const Tensor& codes, const Tensor& places) const {
  const Tensor missing = missing_.expand({codes.size(0), places.size(1) - codes.size(1), -1});
  const Tensor all = at::cat({adapt_->forward(codes), missing}, 1);  // [N, L, d]
  Tensor h = pick_tokens(all, at::argsort(places, /*dim=*/1, /*descending=*/false)) + positions_;
  for (const auto& block : blocks_) h = block->forward(h);
  return rebuild_->forward(norm_->forward(h));
}

}  // namespace tacit
