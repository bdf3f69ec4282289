// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace tacit {

/// Three channels that are the axes of one sensor.
using Triad = std::array<int64_t, 3>;

/// Consecutive channels whose names differ only in one letter that runs x, y, z (either case):
/// {"ax", "ay", "az"} -> {0, 1, 2}.
std::vector<Triad> find_triads(const std::vector<std::string>& channels);

}  // namespace tacit
