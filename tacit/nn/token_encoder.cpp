// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/token_encoder.h"

#include <ATen/ops/cat.h>

#include "tacit/core/error.h"
#include "tacit/nn/transformer.h"

namespace tacit {

Tensor cut_patches(const Tensor& x, const PatchGrid& grid) {
  if (grid.of_signal())
    return x.unfold(2, grid.length, grid.stride).permute({0, 2, 1, 3}).flatten(2);
  if (!grid.of_clip())
    return x
        .unfold(2, grid.length, grid.stride)  // [N, C, lines, W, length]
        .unfold(3, grid.length, grid.stride)  // [N, C, lines, columns, length, length]
        .permute({0, 2, 3, 1, 4, 5})
        .flatten(3)
        .flatten(1, 2);
  return x
      .unfold(2, grid.frames, grid.frames)  // [N, C, times, H, W, frames]
      .unfold(3, grid.length, grid.stride)
      .unfold(4, grid.length, grid.stride)  // [N, C, times, lines, columns, frames, length, length]
      .permute({0, 2, 3, 4, 1, 5, 6, 7})
      .flatten(4)
      .flatten(1, 3);
}

Tensor patch_positions(const PatchGrid& grid, int64_t width) {
  if (grid.of_signal()) return sinusoidal_positions(grid.count, width);
  const int64_t of_time = grid.of_clip() ? width / 3 : 0, half = (width - of_time) / 2;
  const int64_t lines = grid.lines(), squares = lines * grid.columns;
  const Tensor line = sinusoidal_positions(lines, half).repeat_interleave(grid.columns, 0);
  const Tensor column =
      sinusoidal_positions(grid.columns, width - of_time - half).repeat({lines, 1});
  const Tensor of_square = at::cat({line, column}, 1);
  if (!grid.of_clip()) return of_square;
  const Tensor time = sinusoidal_positions(grid.times, of_time).repeat_interleave(squares, 0);
  return at::cat({time, of_square.repeat({grid.times, 1})}, 1);
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
      "set encoder.name = \"patch_transformer\", \"image_transformer\" for images or "
      "\"video_transformer\" for clips",
      method);
  return tokens;
}

}  // namespace tacit
