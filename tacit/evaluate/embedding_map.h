// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>

#include "tacit/core/spec.h"

namespace tacit {

/// Features seen from where they are widest.
struct EmbeddingMap {
  Tensor points;                  ///< [N, 2] float32, mean 0, in the features' units
  std::array<double, 2> share{};  ///< of the features' variance along each axis, 0 … 1
};

/// The first two principal components of x: [N, D], N >= 1. Each axis points to where its loading
/// of largest size is positive, so the map does not flip between runs. An axis that does not exist
/// (one feature, one row) is 0. Throws ShapeError for another shape and DataError for values that
/// are not finite. Pearson 1901.
EmbeddingMap embedding_map(const Tensor& x);

}  // namespace tacit
