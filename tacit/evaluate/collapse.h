// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "tacit/core/json.h"
#include "tacit/core/spec.h"

namespace tacit {

/// Whether features tell rows apart. All numbers are independent of the features' scale.
struct EmbeddingHealth {
  /// Mean over dimensions of the standard deviation of the l2-normalised features, times sqrt(D):
  /// 0 when all rows point the same way, 1 when directions are spread evenly over the sphere.
  double spread = 0;
  /// RankMe: exp of the entropy of the singular values σ of the [N, D] features, with
  /// p = σ / Σσ + 1e-7; between 1 and min(N, D). Garrido et al. 2023, arXiv:2210.02885, eq. 1-2.
  double effective_rank = 0;
  /// Share of dimensions whose standard deviation is at most 1e-4 of the root mean square of all
  /// features.
  double dead = 0;
  int64_t features = 0;  ///< D
  int64_t rows = 0;      ///< N
  /// Empty, or one sentence that says what collapsed. Thresholds: spread < 0.05, effective_rank <
  /// 2, dead > 0.5.
  std::string warning;
};
void to_json(Json&, const EmbeddingHealth&);

/// x: [N, D], N >= 2. Throws ShapeError for another shape and DataError for values that are not
/// finite.
EmbeddingHealth embedding_health(const Tensor& x);

}  // namespace tacit
