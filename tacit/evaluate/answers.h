// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/rng.h"
#include "tacit/evaluate/knn.h"
#include "tacit/evaluate/linear_probe.h"
#include "tacit/evaluate/random_forest.h"

/// What models fitted to few labelled rows say of others, whatever labels are. x: [N, D] and y: [N]
/// are those labelled, asked: [M, D] the others. Where y is of classes (int64), 0 … classes-1, the
/// answer is the probability of each, [M, K]; where y is of numbers (float), it is [M].
namespace tacit {

/// fit_linear_probe() or fit_ridge(). seen: [R, D], features of all rows that training reads, which
/// matter, and have to be given, where config standardises by them.
Tensor probe_answers(const Tensor& x, const Tensor& y, const Tensor& asked, int64_t classes,
                     LinearProbeConfig config, const Tensor& seen = {});

/// knn_probabilities() or knn_numbers().
Tensor knn_answers(const Tensor& x, const Tensor& y, const Tensor& asked, int64_t classes,
                   const KnnConfig& config);

/// A RandomForest of classes or of numbers.
Tensor forest_answers(const Tensor& x, const Tensor& y, const Tensor& asked, int64_t classes,
                      const RandomForestConfig& config, const Rng& rng);

}  // namespace tacit
