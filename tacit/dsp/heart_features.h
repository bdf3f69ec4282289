// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/spec.h"

namespace tacit {

/// The features by which electrocardiograms were classified before networks, for a rival without
/// pre-training: per channel heart_rhythm and heart_shape of the beats that find_beats finds in
/// it, then
///   level: std; largest distance from the median; mean absolute difference of neighbouring samples
///   over std; |skewness|; kurtosis; share of neighbours that are equal;
///   spectrum of x - mean: shares of the power in 0 … 1, 1 … 5, 5 … 15, 15 … 40 Hz and above, in
///   4 … 10 Hz; entropy of the shares of all frequencies over its maximum.
/// x: [N, C, T], `rate_hz` samples a second -> [N, C · F] float32, computed in double precision,
/// channel by channel. Always finite: what is undefined is 0; row n depends on row n only. x and
/// -x + d have the same features; with the unit change only "r_height", "std" and "largest".
/// Throws ShapeError for another shape or T < 4, ConfigError where find_beats does.
Tensor heart_features(const Tensor& x, double rate_hz);

/// One name a column of heart_features, like "rr_mean ecg".
std::vector<std::string> heart_feature_names(const std::vector<std::string>& channels);

}  // namespace tacit
