// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/transforms/transform.h"

namespace tacit {

struct TimeWarpConfig {
  int64_t knots = 6;   ///< 4 inside the window and its 2 ends
  double sigma = 0.2;  ///< spread of the speed at a knot, around 1
};

template <class Visitor>
void describe(Visitor& visit, TimeWarpConfig& config) {
  visit("knots", config.knots, "points at which the speed is drawn, both ends included",
        between(2, 64));
  visit("sigma", config.sigma, "standard deviation of the speed at a knot", at_least(0));
}

/// Lets time run faster here and slower there. For each channel of each row on its own: the speed
/// is the cubic spline through `knots` equally spaced draws of N(1, sigma); its running sum,
/// rescaled to the window, says when each sample now happens; the signal is resampled there
/// linearly. First and last sample stay in place. sigma = 0 changes nothing. x: [N, C, T] float or
/// double on the CPU. Throws ShapeError otherwise. Differs from the paper: speeds are kept >= 0.05,
/// drawn or interpolated, because the paper's N(1, sigma) can run backwards; the spline has natural
/// ends, which overshoot less. Saeed, Ozcelebi, Lukkien 2019, "Multi-task self-supervised learning
/// for human activity detection".
Transform time_warp(const TimeWarpConfig& config = {});

/// The natural cubic spline (second derivative 0 at both ends) through equally spaced `knots`, at
/// `points` equally spaced places from the first knot to the last. knots >= 2, points >= 2.
std::vector<double> natural_cubic_spline(std::span<const double> knots, int64_t points);

}  // namespace tacit
