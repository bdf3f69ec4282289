// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "tacit/core/json.h"
#include "tacit/core/spec.h"

namespace tacit {

/// How two sets of features lie in each other. A row's ball reaches to its k-th nearest other row
/// of the same set, its surface included.
struct ManifoldScores {
  double precision = 0;  ///< share of generated rows inside a real row's ball: quality
  double recall = 0;     ///< share of real rows inside a generated row's ball: variety
  double density = 0;    ///< mean number of real balls around a generated row, / k; may exceed 1,
                         ///< which is expected of equal distributions
  double coverage = 0;   ///< share of real rows whose ball holds a generated row
};
void to_json(Json&, const ManifoldScores&);

/// Precision and recall as Kynkäänniemi et al. 2019, arXiv:1904.06991, eq. 1-2, who use k = 3;
/// density and coverage as Naeem et al. 2020, arXiv:2002.09797, section 3, who use k = 5. All
/// depend on k and the numbers of rows: compare equal ones only.
/// Differs from the authors' code of density and coverage, which leaves out a ball's surface; it
/// matters only where distances are equal, as in sets with repeated rows. Equal means equal but for
/// 1e-12 of the squared lengths, about what float32 features are known to.
/// real: [N, D], generated: [M, D] float32, compared by Euclidean distance in double precision on
/// generated's device, tile by tile: memory grows with N + M, not with N · M. Throws as
/// require_feature_sets, and ConfigError unless k >= 1 and both sets have k + 1 rows or more.
ManifoldScores manifold_scores(const Tensor& real, const Tensor& generated, int64_t k = 3);

}  // namespace tacit
