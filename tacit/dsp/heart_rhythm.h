// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <vector>

namespace tacit {

/// What the times of heart beats say: the statistics of heart-rate variability (Task Force of the
/// European Society of Cardiology 1996, "Heart rate variability", European Heart Journal 17), and
/// measures of irregular rhythm. Intervals between beats (RR) are in seconds; d are the differences
/// of successive ones.
///   beats a second; RR: mean, median, SDNN (std, denominator n), RMSSD (root of mean d²), min,
///   max, cv (std / mean), percentiles 10, 25, 75, 90;
///   share of |d| above 20 ms, above 50 ms, above a tenth of the median RR; median |d| / median RR;
///   RMSSD / mean RR; correlation with the interval before, and with the one before that;
///   share of RR below 0.85 of their median, and above 1.15; interquartile range / median;
///   irregularity, like sample entropy (Richman & Moorman 2000, American Journal of Physiology
///   278): log of (1 + pairs of intervals within a tenth of the median of each other) over (1 +
///   those of them whose successors are, too); the share of such pairs; share of RR that are
///   turning points (2/3 without memory); width / (width + length) of the Poincaré plot; spectrum
///   of RR over time: std in 0.04 … 0.14 Hz (LF) and in 0.15 … 0.39 Hz (HF), LF's share of both
///   powers, frequency of HF's peak (of respiration, in Hz); min / median, max / median, share of
///   RR below 0.88 of the one before whose successor is above 1.05 of it (a premature beat and its
///   pause).
/// With fewer than three intervals all but the first are 0; always finite. The time grows with the
/// square of the number of beats.
/// beats: ascending, in s; `seconds`: length of the window, above 0. -> [F]
std::vector<double> heart_rhythm(std::span<const double> beats, double seconds);

/// One name an entry of heart_rhythm.
std::vector<std::string> heart_rhythm_names();

}  // namespace tacit
