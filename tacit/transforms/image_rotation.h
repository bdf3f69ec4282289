// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/spec.h"

/// Right angles, for the task of Gidaris, Singh & Komodakis 2018, "Unsupervised Representation
/// Learning by Predicting Image Rotations", arXiv:1803.07728. x: [N, C, H, W] with H = W, of any
/// type, on any device; throws ShapeError otherwise. Values are moved, not computed. Results are
/// new and have no gradient history.
namespace tacit {

/// Each row turned counter-clockwise by its own number of right angles, any whole number.
/// turns: [N] int64, on any device.
Tensor rotate_quarter(const Tensor& x, const Tensor& turns);

/// All images as they are, then all turned once, twice, three times.
struct Rotations {
  Tensor x;      ///< [4 N, C, H, W]
  Tensor turns;  ///< [4 N] int64 in 0 … 3, on the device of x
};
Rotations four_rotations(const Tensor& x);

}  // namespace tacit
