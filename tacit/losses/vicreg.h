// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/config.h"
#include "tacit/core/spec.h"
#include "tacit/dist/communicator.h"

namespace tacit {

/// How much each term weighs.
struct VicregWeights {
  double invariance = 25;  ///< lambda
  double variance = 25;    ///< mu
  double covariance = 1;   ///< nu
};
template <class Visitor>
void describe(Visitor& visit, VicregWeights& weights) {
  visit("invariance", weights.invariance, "of the distance between the two views", at_least(0));
  visit("variance", weights.variance, "of deviations below 1", at_least(0));
  visit("covariance", weights.covariance, "of covariances between dimensions", at_least(0));
}

/// Variance-invariance-covariance regularisation: Bardes, Ponce & LeCun 2022, arXiv:2105.04906,
/// equations 1 to 6, with gamma = 1 and epsilon = 1e-4.
///
/// a, b: [N, D], the two views of N rows; N is the same in every process. Means, deviations and
/// covariances are those of the rows of all processes.
/// Parts, before weighting: "invariance", the mean squared difference; "variance", the mean over
/// dimensions of what the deviation lacks to 1, 0.99 after a collapse; "covariance", the sum of
/// squares off the diagonal of the covariance matrix over D. Differs from the paper: the variance
/// term is the mean over the two views, as in the authors' code, not the sum; the invariance term
/// is a mean over dimensions too, as there. Throws ShapeError unless a and b are matrices of one
/// shape.
Loss vicreg(const Tensor& a, const Tensor& b, const VicregWeights& weights,
            const Communicator& world);

}  // namespace tacit
