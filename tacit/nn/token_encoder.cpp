// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/token_encoder.h"

#include "tacit/core/error.h"

namespace tacit {

Tensor cut_patches(const Tensor& x, const PatchGrid& grid) {
  return x.unfold(2, grid.length, grid.stride).permute({0, 2, 1, 3}).flatten(2);
}

Tensor pick_tokens(const Tensor& tokens, const Tensor& places) {
  return tokens.gather(1, places.unsqueeze(2).expand({-1, -1, tokens.size(2)}));
}

std::shared_ptr<TokenEncoder> require_tokens(const std::shared_ptr<Encoder>& encoder,
                                             const std::string& method) {
  std::shared_ptr<TokenEncoder> tokens = std::dynamic_pointer_cast<TokenEncoder>(encoder);
  require<ConfigError>(
      tokens != nullptr,
      "method {} hides patches from the encoder and so needs one that works on patches; "
      "set encoder.name = \"patch_transformer\"",
      method);
  return tokens;
}

}  // namespace tacit
