// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tacit::kernels {

/// A correlation of a sequence x with filters h made of smaller ones, by the fast FIR algorithm
/// (Mou & Duhamel 1987; Winograd 1980). Rows and taps are dealt out `kWays` ways, x[kWays i + j]
/// and h[kWays i + j]; part p of a sequence or of filters is a weighted sum of what was dealt, and
/// a weighted sum of the parts' correlations is the result:
///   x_p[i] = sum over j < 2 kWays - 1 of kRows[p][j] x[kWays i + j]
///   h_p[i] = sum over j < kWays of kTaps[p][j] h[kWays i + j]
///   y[kWays i + a] = sum over p of kResults[a][p] (x_p * h_p)[i].
/// kWays^2 correlations of 1 / kWays of the taps over 1 / kWays of the steps become kParts.

/// Karatsuba's: 3 for 4.
struct TwoWays {
  static constexpr int kWays = 2, kParts = 3;
  static constexpr float kRows[kParts][3] = {{1, -1, 0}, {0, 1, 0}, {0, -1, 1}};
  static constexpr float kTaps[kParts][kWays] = {{1, 0}, {1, 1}, {0, 1}};
  static constexpr float kResults[kWays][kParts] = {{1, 1, 0}, {0, 1, 1}};
};

/// Toom and Cook's on the points 0, 1, -1, 2, -2, 1/2 and infinity: 7 for 16. In float its rounding
/// error is about twice that of plain sums.
struct FourWays {
  static constexpr int kWays = 4, kParts = 7;
  static constexpr float kRows[kParts][7] = {
      {-2, 4, 2.5, -5, -.5, 1, 0}, {0, 2, -2, -4.5, .5, 1, 0},  {0, -2, 6, -3.5, -1.5, 1, 0},
      {0, 1, -1.5, -2, 1.5, 1, 0}, {0, -1, 2.5, 0, -2.5, 1, 0}, {0, 4, 0, -5, 0, 1, 0},
      {0, -2, 4, 2.5, -5, -.5, 1}};
  static constexpr float kTaps[kParts][kWays] = {{-1.F / 2, 0, 0, 0},
                                                 {-1.F / 3, -1.F / 3, -1.F / 3, -1.F / 3},
                                                 {1.F / 9, -1.F / 9, 1.F / 9, -1.F / 9},
                                                 {1.F / 36, 1.F / 18, 1.F / 9, 2.F / 9},
                                                 {-1.F / 60, 1.F / 30, -1.F / 15, 2.F / 15},
                                                 {32.F / 45, 16.F / 45, 8.F / 45, 4.F / 45},
                                                 {0, 0, 0, 1}};
  static constexpr float kResults[kWays][kParts] = {{1, 1, 1, 1, 1, 1, 0},
                                                    {0, 1, -1, 2, -2, .5, 0},
                                                    {0, 1, 1, 4, 4, .25, 0},
                                                    {0, 1, -1, 8, -8, .125, 1}};
};

/// Algorithms one inside the other; none of them is the plain correlation.
template <class... Algorithms>
struct Nested {
  static constexpr int kWays = (Algorithms::kWays * ... * 1);
  static constexpr int kParts = (Algorithms::kParts * ... * 1);
};

/// Calls visitor(Nested<...>()) with the algorithm that deals out `ways` ways: 1, 2, 4, 8 or 16.
template <class Visitor>
[[gnu::always_inline]] inline auto with_ways(int ways, const Visitor& visitor) {
  switch (ways) {
    case 16: return visitor(Nested<FourWays, FourWays>());
    case 8: return visitor(Nested<FourWays, TwoWays>());
    case 4: return visitor(Nested<FourWays>());
    case 2: return visitor(Nested<TwoWays>());
    default: return visitor(Nested<>());
  }
}

/// Number of parts of the algorithm that deals out `ways` ways.
constexpr int64_t parts(int ways) {
  return ways == 16 ? 49 : ways == 8 ? 21 : ways == 4 ? 7 : ways == 2 ? 3 : 1;
}

}  // namespace tacit::kernels
