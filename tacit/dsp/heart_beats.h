// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <vector>

namespace tacit {

/// An electrocardiogram between two frequencies, without delay: a Butterworth high-pass and
/// low-pass of second order, each forwards and backwards, so that the gain at either edge is 1/2;
/// no low-pass where `high_hz` is half the rate or more. A sample that is not finite counts as the
/// one before it. ecg: [T] -> [T].
std::vector<double> heart_band(std::span<const float> ecg, double rate_hz, double low_hz,
                               double high_hz);

/// Heart beats in one lead.
struct HeartBeats {
  std::vector<double> seconds;  ///< of each R peak since the first sample, ascending
  bool upright = true;          ///< whether most R peaks point up
};

/// The R peaks of an electrocardiogram in any unit, either way up. The steps, whose idea is that of
/// Pan and Tompkins 1985, IEEE Transactions on Biomedical Engineering 32(3): the band of 5 … 20 Hz
/// without delay; its squared slope; the mean of that over 0.12 s; maxima at least 0.25 s apart
/// that reach half of what is usual for the 14 s around; where the next beat is long overdue, the
/// largest maximum that reaches a quarter; each moved to the band's extremum nearby, on the side to
/// which most beats point, and by a parabola between samples. x and any c x + d, c != 0, have the
/// same beats. A flat stretch has none; noise without a heart may have some.
/// ecg: [T], `rate_hz` samples a second, 50 to 100,000, or ConfigError is thrown; a sample that is
/// not finite counts as the one before it.
HeartBeats find_beats(std::span<const float> ecg, double rate_hz);

/// What a first look at an electrocardiogram says about its rate and its sign.
struct HeartCheck {
  double beats_a_minute = 0;  ///< of the median interval; 0 with fewer than two beats
  bool upright = true;        ///< whether most R peaks point up
  std::string warning;        ///< one sentence when a heart does not beat so: 25 … 220 a minute
};

/// Finds many a wrong sampling rate, a channel that is no electrocardiogram, swapped electrodes.
/// Beats are looked for as find_beats does, also as if the rate were 1/8, 1/4, 1/2, 2, 4 or 8 times
/// what it is said to be, since at a wrong rate a QRS complex is not where it is looked for;
/// another rate's beats count when their intervals are steadier by far. Arguments and errors as
/// find_beats; takes seven times as long.
HeartCheck check_heart(std::span<const float> ecg, double rate_hz);

}  // namespace tacit
