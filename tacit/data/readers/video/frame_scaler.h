// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tacit/data/readers/images/picture.h"

struct AVFrame;

namespace tacit {

/// What frames are brought to.
struct FrameShape {
  int64_t height = 0, width = 0;  ///< both 0: as they are once upright
  Colour colour = Colour::rgb;
};

/// How a picture is laid to stand upright: columns and rows change places or not, then the columns
/// and the rows run backwards or not.
struct Upright {
  bool transposed = false, flips_columns = false, flips_rows = false;

  bool operator==(const Upright&) const = default;
};

/// From a display matrix as MP4 and QuickTime files have it: 3 x 3 numbers in rows, (x, y, 1) ->
/// (x', y', w), right and down being positive, of which only the upper left four count; in 16.16
/// fixed point. An angle between counts as the nearest right one.
Upright upright_by(std::span<const int32_t, 9> matrix);

/// Brings decoded frames to planes of one size: by FFmpeg's libswscale, each pixel the mean of the
/// area that it comes from; the same bits on all processors. Opacity is left out; grey is the luma
/// of what was filmed, 0 … 255.
class FrameScaler {
 public:
  explicit FrameScaler(const FrameShape& shape);
  ~FrameScaler();
  FrameScaler(const FrameScaler&) = delete;
  FrameScaler& operator=(const FrameScaler&) = delete;

  /// [C, H, W]; where the shape was left open, the first frame settles it for all. Throws
  /// DataError, without saying which file, for pixels that cannot be converted.
  const std::vector<uint8_t>& planes(const AVFrame& frame, const Upright& upright);
  /// The same of a decoded picture.
  const std::vector<uint8_t>& planes(const Picture& picture);

  const FrameShape& shape() const { return shape_; }  ///< settled after the first frame

 private:
  struct State;

  void lay(const Upright& upright);

  FrameShape shape_;
  std::vector<uint8_t> planes_;
  std::unique_ptr<State> state_;
};

}  // namespace tacit
