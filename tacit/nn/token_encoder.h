// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>

#include "tacit/nn/encoder.h"

namespace tacit {

/// How a row is cut into patches, `count` of them. Of a signal: `length` samples each, one every
/// `stride` samples from the first. Of an image: squares of `length` x `length` pixels, one every
/// `stride` pixels to the right and down, `columns` of them side by side, counted line by line from
/// the top left. Of a clip: such squares of `frames` frames each, those of the first frames before
/// those of the next, `times` times. What is left at the end, or at the right and below, belongs to
/// none.
struct PatchGrid {
  int64_t length, stride, count;
  int64_t columns = 0;  ///< of an image or a clip; 0: of a signal
  int64_t frames = 0;   ///< of a clip; 0: of an image or a signal
  int64_t times = 1;    ///< above 1 of a clip only

  bool of_signal() const { return columns == 0; }
  bool of_clip() const { return frames > 0; }
  int64_t lines() const { return count / times / columns; }  ///< not of a signal
  /// That a patch has of a channel.
  int64_t numbers() const {
    return of_signal() ? length : length * length * (of_clip() ? frames : 1);
  }
};

/// x: [N, C, T] -> [N, L, C * length], the samples of each patch, channel by channel; of images
/// [N, C, H, W] -> [N, L, C * length * length], each channel's pixels line by line; of clips
/// [N, C, T, H, W] -> [N, L, C * frames * length * length], each channel's frame by frame.
Tensor cut_patches(const Tensor& x, const PatchGrid& grid);

/// Fixed sines and cosines that tell where each patch lies, [L, width]: Vaswani et al. 2017,
/// arXiv:1706.03762, section 3.5. Of an image one half of the numbers tells the line and the other
/// the column, as in the code of He et al. 2022, arXiv:2111.06377; of a clip the first third tells
/// the time.
Tensor patch_positions(const PatchGrid& grid, int64_t width);

/// Of each row of `tokens` [N, L, D] those at `places` [N, l] (int64), in that order -> [N, l, D].
Tensor pick_tokens(const Tensor& tokens, const Tensor& places);

/// An encoder that sees a row as L tokens of width D and can be run on some of them: what methods
/// need that hide a part of the row or predict one part from another.
class TokenEncoder : public Encoder {
 public:
  /// x: [N, *spec.shape] -> tokens [N, L, D] that know their positions.
  virtual Tensor embed(const Tensor& x) const = 0;
  /// tokens: [N, l, D], any l >= 1 of a row's tokens in any order -> [N, l, D].
  virtual Tensor encode(const Tensor& tokens) const = 0;
  /// Encoded tokens [N, l, D] -> [N, features()].
  virtual Tensor pool_tokens(const Tensor& tokens) const = 0;
  /// Which samples or pixels each token stands for.
  virtual PatchGrid patches() const = 0;
  virtual int64_t width() const = 0;  ///< D

  Tensor forward(const Tensor& x) final { return pool_tokens(encode(embed(x))); }
};

/// `encoder` as one that works on tokens. Throws ConfigError, which names `method`, if it is none.
std::shared_ptr<TokenEncoder> require_tokens(const std::shared_ptr<Encoder>& encoder,
                                             const std::string& method);

}  // namespace tacit
