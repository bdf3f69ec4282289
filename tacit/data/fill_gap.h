// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>

namespace tacit {

/// Draws straight lines through the missing (NaN) values of the rows in a gap, a channel at a time,
/// from what is known on both sides. rows: [n, C]; before, after: [C], the rows around them, whole.
void fill_gap(std::span<const float> before, std::span<float> rows, std::span<const float> after);

}  // namespace tacit
