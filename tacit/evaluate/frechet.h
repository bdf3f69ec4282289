// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "tacit/core/spec.h"

namespace tacit {

/// Checks two sets of features to be compared: real [N, D], generated [M, D]. Throws ShapeError
/// unless D is the same and at least 1 and N and M are at least 2, and DataError, naming set and
/// row, when a feature is not finite.
void require_feature_sets(const Tensor& real, const Tensor& generated);

/// All that the Fréchet distance knows of a set of features.
struct FeatureMoments {
  Tensor mean;        ///< [D] double
  Tensor covariance;  ///< [D, D] double, denominator N - 1, as np.cov
};

/// Moments of features that arrive batch by batch, in double precision: memory grows with D², not
/// with N. Sums run around means, so that no digits are lost when the mean is large beside the
/// deviation; how rows are shared out among batches changes rounding only.
/// Chan, Golub & LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample
/// variances".
class RunningMoments {
 public:
  /// x: [n, D] on any device; n may be 0. Throws ShapeError for another shape or another D than
  /// before, DataError when a feature is not finite; the moments are then as they were.
  void add(const Tensor& x);
  int64_t rows() const { return rows_; }  ///< added so far
  /// Throws ShapeError with fewer than 2 rows.
  FeatureMoments moments() const;

 private:
  int64_t rows_ = 0;
  Tensor origin_;   // [D] mean of the first batch; all below is relative to it
  Tensor mean_;     // [D]
  Tensor scatter_;  // [D, D] sum of (x - mean)(x - mean)ᵀ
};

/// x: [N, D], N >= 2. Throws as RunningMoments does.
FeatureMoments feature_moments(const Tensor& x);

/// The squared Fréchet (2-Wasserstein) distance of two normal distributions,
///     |μ1 - μ2|² + trace(C1 + C2 - 2 (C1 C2)^½),
/// 0 or more. On Inception-v3's pool features this is FID; on others call it something else.
///
/// The trace of the root is the sum of the singular values of A1ᵀ A2, where Ci = Ai Aiᵀ comes from
/// an eigen decomposition, which needs no root of a product that is not symmetric and is well
/// determined for singular covariances too: eigenvalues below D ε of the largest are 0, and nothing
/// is added to the diagonal. With fewer rows than features covariances are always singular; the
/// distance is still the formula's, but far above that of the distributions, as it falls with the
/// number of rows (Chong & Forsyth 2020, arXiv:1911.07023): compare equal numbers of rows only.
/// Throws ShapeError for sizes that do not fit and DataError for moments that are not finite.
/// Heusel et al. 2017, arXiv:1706.08500, eq. 6.
double frechet_distance(const FeatureMoments& real, const FeatureMoments& generated);

/// The same of the moments of real: [N, D] and generated: [M, D]. Throws as require_feature_sets.
double frechet_distance(const Tensor& real, const Tensor& generated);

}  // namespace tacit
