// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <memory>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/spec.h"
#include "tacit/nn/heads.h"
#include "tacit/nn/token_encoder.h"
#include "tacit/nn/transformer.h"

namespace tacit {

struct PatchDecoderConfig {
  int64_t width = 64;  ///< numbers of a token
  int64_t depth = 1;   ///< transformer blocks
  int64_t heads = 4;   ///< of attention
};
template <class Visitor>
void describe(Visitor& visit, PatchDecoderConfig& config) {
  visit("width", config.width, "numbers of a token, a multiple of heads", at_least(1));
  visit("depth", config.depth, "number of transformer blocks", at_least(1));
  visit("heads", config.heads, "attention heads of a block", at_least(1));
}

/// What a row's patches are, and what is known of them.
struct PatchCodes {
  PatchGrid grid;   ///< where its L patches lie
  int64_t width;    ///< D, numbers of a code
  int64_t samples;  ///< of a patch, all channels together
};

/// Rebuilds all patches of a row from the codes of some: the decoder of He et al. 2022,
/// arXiv:2111.06377, section 3. One learned token stands for every patch without a code.
class PatchDecoder final : public torch::nn::Module {
 public:
  /// Throws ConfigError unless heads divide width.
  PatchDecoder(const PatchDecoderConfig& config, const PatchCodes& codes, const Rng& rng);
  /// codes: [N, l, D]; places: [N, L] int64, an order of the patches that starts with those of the
  /// codes. -> [N, L, samples], in the order of the grid.
  Tensor forward(const Tensor& codes, const Tensor& places) const;

 private:
  Tensor missing_;    // [1, d]
  Tensor positions_;  // [L, d]
  std::shared_ptr<MlpHead> adapt_, rebuild_;
  std::vector<std::shared_ptr<TransformerBlock>> blocks_;
  std::shared_ptr<LayerNorm> norm_;
};

}  // namespace tacit
