// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/transforms/time_warp.h"
#include "tacit/transforms/transform.h"

/// The eight transformations of Saeed, Ozcelebi, Lukkien 2019, "Multi-task self-supervised learning
/// for human activity detection". All take x [N, C, T], float or double, throw ShapeError
/// otherwise, and return a new contiguous batch without gradient history.
namespace tacit {

struct JitterConfig {
  double sigma = 0.05;  ///< in units of the (normalised) signal
};

template <class Visitor>
void describe(Visitor& visit, JitterConfig& config) {
  visit("sigma", config.sigma, "standard deviation of the noise", at_least(0));
}

/// Adds N(0, sigma) to each value on its own.
Transform jitter(const JitterConfig& config = {});

struct ScaleConfig {
  double sigma = 0.1;  ///< spread of the factor, around 1
};

template <class Visitor>
void describe(Visitor& visit, ScaleConfig& config) {
  visit("sigma", config.sigma, "standard deviation of a channel's factor", at_least(0));
}

/// Multiplies each channel by its own N(1, sigma), constant in time.
Transform scale(const ScaleConfig& config = {});

struct RotationConfig {
  double max_angle = 180;  ///< degrees
};

template <class Visitor>
void describe(Visitor& visit, RotationConfig& config) {
  visit("max_angle", config.max_angle, "largest angle of rotation either way, in degrees",
        between(0, 180));
}

/// Turns the sensor: channels are consecutive triads (x, y, z), and one random rotation applies to
/// all triads of a row, as when accelerometer and gyroscope sit in one turned device. The angle is
/// uniform in -max_angle … max_angle; the axis is uniform in the cube [-1, 1]^3, then normalised,
/// which as in the published code favours the cube's diagonals a little.
/// Throws ShapeError also if C is not a multiple of 3.
Transform rotate(const RotationConfig& config = {});

/// -x.
Transform negate();

/// x with its time reversed.
Transform time_flip();

struct PermutationConfig {
  int64_t cuts = 4;  ///< one less than segments
};

template <class Visitor>
void describe(Visitor& visit, PermutationConfig& config) {
  visit("cuts", config.cuts, "random cut points, which may coincide", between(0, 1000));
}

/// Cuts the window at `cuts` points, drawn with replacement from 1 … T-1, and puts the segments
/// into random order, all channels alike. Differs from the paper: an order that leaves the segments
/// in place is drawn again, because the pretext task would label an unchanged window as changed.
/// Only cuts = 0 or T < 2 change nothing.
Transform permute(const PermutationConfig& config = {});

/// Puts the channels into a random order, never the one they came in. With several triads (x, y,
/// z), that is C = 6, 9, …, the axes are exchanged within each triad, in all triads alike, so that
/// no sensor poses as another. Throws ShapeError also if C < 2. Differs from the paper for several
/// triads: there all channels are mixed.
Transform channel_shuffle();

/// Preset `har_saeed2019`: the defaults.
struct SignalTransformationsConfig {
  JitterConfig jitter;
  ScaleConfig scale;
  RotationConfig rotation;
  PermutationConfig permutation;
  TimeWarpConfig time_warp;
};

template <class Visitor>
void describe(Visitor& visit, SignalTransformationsConfig& config) {
  visit("jitter", config.jitter, "noise");
  visit("scale", config.scale, "a factor a channel");
  visit("rotation", config.rotation, "turned sensor");
  visit("permutation", config.permutation, "segments in another order");
  visit("time_warp", config.time_warp, "uneven speed");
}

/// jitter, scale, rotation, negation, time_flip, permutation, time_warp, channel_shuffle: the
/// paper's eight, in its order. The names are part of the file format; do not rename.
std::vector<NamedTransform> signal_transformations(const SignalTransformationsConfig& config = {});

/// Those of the eight that are named, in the table's order. Throws ConfigError for an unknown name;
/// `where` is the field that lists them.
std::vector<NamedTransform> choose_transformations(const SignalTransformationsConfig& config,
                                                   const std::vector<std::string>& names,
                                                   const std::string& where);

}  // namespace tacit
