// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <vector>

#include "tacit/core/spec.h"
#include "tacit/data/triads.h"

namespace tacit {

/// The features by which motion was classified before networks, for a rival without pre-training.
/// x: [N, C, T], T >= 2 -> [N, F] float32, computed in double precision; in this order, C of each
/// unless said otherwise:
///   mean; std (denominator T); min; max; mean absolute difference of neighbouring samples;
///   percentiles 10, 25, 75, 90 (linear between samples, as numpy's);
///   for each triad the mean and std of its Euclidean norm;
///   index of the largest entry of the amplitude spectrum of x - mean, counted from 0 at the first
///   frequency above zero; that entry's share of the spectrum's sum;
///   Pearson correlation of each pair of channels, C (C - 1) / 2.
/// What is undefined (the correlation with a constant) is 0. Row n depends on row n only.
/// Throws ShapeError for another shape or a triad outside the channels.
Tensor motion_features(const Tensor& x, std::span<const Triad> triads);

/// One name a column of motion_features, like "mean ax", "norm_std ax,ay,az", "correlation ax,ay".
std::vector<std::string> motion_feature_names(const std::vector<std::string>& channels,
                                              std::span<const Triad> triads);

}  // namespace tacit
