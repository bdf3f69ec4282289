// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <vector>

#include "tacit/dsp/heart_beats.h"

namespace tacit {

/// What the waves of heart beats look like, in the band of 0.5 … 40 Hz and with R peaks up. Beats
/// are laid over each other from 0.3 s before R to 0.45 s after; the template is their median step
/// by step, and its own median is its base.
///   R's height over the base: median; cv; min / median; max / median;
///   over the base, in units of that height: Q (lowest in 0.08 s before R), S (lowest in 0.1 s
///   after), P (highest in 0.25 … 0.06 s before), T (furthest from the base in 0.15 … 0.42 s after,
///   with its sign), ST (mean of 0.08 … 0.12 s after); seconds from R to that T and from that P to
///   R; root mean square of the seconds from R, weighted by the squared slope (width of QRS);
///   0.25 … 0.08 s before R, where P is: std of the template, median std of a beat's difference
///   from it, both in units of R's height; the template's share in the sum of both squares; std of
///   a beat's difference from the template over the template's std: root mean square and median
///   over beats; the median for QRS only, and for T only; a beat's correlation with the template:
///   median, percentile 10, share below 0.8; share of the squared slope that lies in QRS; intervals
///   between successive beats that both correlate by 0.8 or more: their number a beat, std /
///   median, median change / median, share of changes above a tenth of the median.
/// Quotients stay within ±20, and what is undefined is 0, all of it where no beat lies whole in the
/// window. Only the first depends on the unit. ecg and beats as find_beats takes and gives. -> [F]
std::vector<double> heart_shape(std::span<const float> ecg, double rate_hz,
                                const HeartBeats& beats);

/// One name an entry of heart_shape.
std::vector<std::string> heart_shape_names();

}  // namespace tacit
