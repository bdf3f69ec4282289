// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/fill_gap.h"

#include <cmath>

namespace tacit {

void fill_gap(std::span<const float> before, std::span<float> rows, std::span<const float> after) {
  const size_t channels = before.size(), count = rows.size() / channels;
  for (size_t channel = 0; channel < channels; ++channel) {
    const auto value = [&](size_t row) {
      return row < count ? rows[row * channels + channel] : after[channel];
    };
    float known = before[channel];
    size_t next_unknown = 0;
    for (size_t row = 0; row <= count; ++row) {
      if (std::isnan(value(row))) continue;
      const float step = (value(row) - known) / static_cast<float>(row - next_unknown + 1);
      for (size_t hole = next_unknown; hole < row; ++hole)
        rows[hole * channels + channel] =
            known + step * static_cast<float>(hole - next_unknown + 1);
      known = value(row);
      next_unknown = row + 1;
    }
  }
}

}  // namespace tacit
