// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/config.h"
#include "tacit/core/spec.h"
#include "tacit/dist/communicator.h"

namespace tacit {

/// How much each term weighs.
struct BarlowTwinsWeights {
  double off_diagonal = 0.0051;  ///< lambda
  double scale = 0.024;          ///< of the whole loss
};
template <class Visitor>
void describe(Visitor& visit, BarlowTwinsWeights& weights) {
  visit("off_diagonal", weights.off_diagonal, "of correlations between different dimensions",
        at_least(0));
  visit("scale", weights.scale, "by which the whole loss is multiplied", above(0));
}

/// The redundancy reduction of Barlow Twins: Zbontar, Jing, Misra, LeCun & Deny 2021, "Barlow
/// Twins: Self-Supervised Learning via Redundancy Reduction", arXiv:2103.03230, equations 1 and 2.
/// The matrix of correlations between the dimensions of one view and those of the other should be
/// the identity.
///
/// one, other: [N, D], the two views of N rows. Each view's dimensions get mean 0 and deviation 1
/// over the rows of all processes; their correlations C: [D, D] are means over the same rows.
/// Parts, before weighting: "on_diagonal", the sum of (1 - C_ii)², D after a collapse;
/// "off_diagonal", the sum of C_ij² over i ≠ j. The total is their weighted sum times `scale`,
/// which is not in the paper: the authors' published encoder was trained with 0.024. Throws
/// ShapeError unless one and other are matrices of one shape.
Loss barlow_twins(const Tensor& one, const Tensor& other, const BarlowTwinsWeights& weights,
                  const Communicator& world);

}  // namespace tacit
