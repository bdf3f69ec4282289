// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/mask.h"

#include <algorithm>
#include <cmath>

#include "tacit/transforms/rows.h"

namespace tacit {

Transform mask_stretch(const MaskConfig& config) {
  return [config](const Tensor& x, Rng& rng) {
    require_signals(x, "mask_stretch");
    return map_rows(x, rng, [&](Rng& row, const auto* in, auto* out, RowShape shape) {
      const int64_t hidden = std::llround(config.share * static_cast<double>(shape.time));
      const int64_t begin = row.below(shape.time - hidden + 1);
      for (int64_t channel = 0; channel < shape.channels; ++channel) {
        auto* const copy = out + channel * shape.time;
        std::copy_n(in + channel * shape.time, shape.time, copy);
        std::fill_n(copy + begin, hidden, 0);
      }
    });
  };
}

}  // namespace tacit
