// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/transforms/signal.h"

/// The six transformations of Sarkar & Etemad 2020, "Self-supervised ECG Representation Learning
/// for Emotion Recognition", arXiv:2002.03898, with the parameters of the authors' code
/// (pritamqu/SSL-ECG). All take x [N, C, T], float or double, throw ShapeError otherwise, and
/// return a new contiguous batch without gradient history; all channels of a row change alike.
namespace tacit {

/// Adds white noise whose mean power is that of each row and channel less `db` decibels.
Transform noise_below(double db);

/// Multiplies by a constant.
Transform scale_by(double factor);

/// Cuts the window into `segments` of equal length, but for a sample, and puts them into a random
/// order, never the one they came in.
Transform permute_segments(int64_t segments);

struct StretchConfig {
  int64_t segments = 9;   ///< equal ones
  int64_t stretched = 5;  ///< of these, drawn anew for each row; the others are squeezed
  double factor = 1.05;   ///< by which a segment becomes longer, or shorter
};
template <class Visitor>
void describe(Visitor& visit, StretchConfig& config) {
  visit("segments", config.segments, "equal ones", between(1, 1000));
  visit("stretched", config.stretched, "of these, drawn anew for each row; the others are squeezed",
        between(0, 1000));
  visit("factor", config.factor, "by which a segment becomes longer, or shorter", between(1, 10));
}

/// Stretches some segments and squeezes the others, with straight lines between samples, and keeps
/// a stretch of the window's length at a random place. Where the segments together are shorter than
/// the window, its end repeats the last sample.
Transform stretch_segments(const StretchConfig& config = {});

/// The defaults are preset `ecg_sarkar2020`.
struct EcgTransformationsConfig {
  double noise_db = 15;
  double scale = 1.1;
  int64_t segments = 20;
  StretchConfig time_warp{};
};
template <class Visitor>
void describe(Visitor& visit, EcgTransformationsConfig& config) {
  visit("noise_db", config.noise_db, "signal-to-noise ratio of the noisy version, in decibels");
  visit("scale", config.scale, "factor of the scaled version", above(0));
  visit("segments", config.segments, "of the permuted version", between(2, 10000));
  visit("time_warp", config.time_warp, "segments of another speed");
}

/// noise, scaling, negation, inversion, permutation, time_warp: the paper's six, in the order of
/// the authors' code. The names are part of the file format; do not rename.
std::vector<NamedTransform> ecg_transformations(const EcgTransformationsConfig& config = {});

}  // namespace tacit
